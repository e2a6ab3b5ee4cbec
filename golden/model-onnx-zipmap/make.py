#!/usr/bin/env python3
"""A forest in ONNX: one matrix input without column names, scores as a sequence of maps."""
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


filled = lambda data: coded(data).fillna(0.0)
model = RandomForestClassifier(8, max_depth=5, random_state=1).fit(filled(TRAIN).to_numpy(np.float32), THREE + 1)
onnx = skl2onnx.to_onnx(model, filled(TRAIN).to_numpy(np.float32)[:1], target_opset=17)
write("model.onnx", onnx.SerializeToString())
label, maps = run(onnx.SerializeToString(), {onnx.graph.input[0].name: filled(TEST).to_numpy(np.float32)})
p = [[row[k] for k in sorted(row)] for row in maps]
case(__doc__, "model.onnx", "onnx", filled(TEST), p, "probability", [ort, skl2onnx], classes=[1, 2, 3], labels=label, runtime="onnx")
