#!/usr/bin/env python3
"""A pipeline of mixed inputs with whole-number labels that are not 0, 1, …, without maps."""
import sys

sys.path.insert(0, "..")
import skl2onnx
import sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tabular import *

WHOLE = ["age", "gain"]
DECIMAL = ["income", "hours-per-week", "score"]
typed = lambda data: data.fillna({"job": "none"}).astype({name: np.int64 for name in WHOLE} | {name: np.float32 for name in DECIMAL})
steps = ColumnTransformer([("t", OneHotEncoder(handle_unknown="ignore"), TEXT), ("w", StandardScaler(), WHOLE), ("d", make_pipeline(SimpleImputer(), StandardScaler()), DECIMAL)])
model = make_pipeline(steps, LogisticRegression()).fit(typed(TRAIN), np.array([10, 20, 40])[THREE])
kind = lambda name: StringTensorType if name in TEXT else Int64TensorType if name in WHOLE else FloatTensorType
types = [(name, kind(name)([None, 1])) for name in TRAIN.columns]
onnx = skl2onnx.to_onnx(model, initial_types=types, options={id(model): {"zipmap": False}}, target_opset=17)
write("model.onnx", onnx.SerializeToString())
test = typed(TEST)
case(__doc__, "model.onnx", "onnx", test, model.predict_proba(test), "probability", [sklearn, skl2onnx], classes=model.classes_, labels=model.predict(test), tolerance=2e-6, runtime="onnx")
