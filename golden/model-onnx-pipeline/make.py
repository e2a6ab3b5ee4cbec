#!/usr/bin/env python3
"""A scikit-learn pipeline in ONNX: one input a column, text and numbers, text labels."""
import sys

sys.path.insert(0, "..")
import onnxruntime as ort
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tabular import *

def run(model, feed):
    """What ONNX Runtime answers with one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"]).run(None, feed)


train, test = (data.fillna({"job": ""}) for data in (TRAIN, TEST))
words = np.where(BINARY == 1, "yes", "no")
numbers = make_pipeline(SimpleImputer(), StandardScaler())
steps = ColumnTransformer([("n", numbers, NUMERIC), ("t", OneHotEncoder(handle_unknown="ignore"), TEXT)])
model = make_pipeline(steps, LogisticRegression()).fit(train, words)
types = [(n, StringTensorType([None, 1]) if n in TEXT else FloatTensorType([None, 1])) for n in train.columns]
onnx = skl2onnx.convert_sklearn(model, "pipeline", types, options={id(model): {"zipmap": False}}, target_opset=17)
write("model.onnx", onnx.SerializeToString())
names = [name.replace("-", "_") for name in train.columns]
feed = {n: test[[c]].to_numpy(object if c in TEXT else np.float32) for n, c in zip(names, train.columns)}
label, p = run(onnx.SerializeToString(), feed)
case(__doc__, "model.onnx", "onnx", TEST, p, "probability", [ort, skl2onnx], classes=model.classes_, labels=label, runtime="onnx")
