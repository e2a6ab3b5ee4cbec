#!/usr/bin/env python3
"""A scikit-learn pipeline of text, decimal and whole-number inputs, text labels, scores as maps: what `to_onnx` writes by itself."""
import sys

sys.path.insert(0, "..")
import skl2onnx
import sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tabular import *

WHOLE = ["age", "gain"]
DECIMAL = ["income", "hours-per-week", "score"]


def filled(data):
    out = data.fillna({"job": "none", "income": 0.0, "score": 0.0})
    return out.astype({name: np.int64 for name in WHOLE} | {name: np.float32 for name in DECIMAL})


words = np.array(["low", "mid", "high"])[THREE]
steps = ColumnTransformer([("t", OneHotEncoder(handle_unknown="ignore"), TEXT), ("w", StandardScaler(), WHOLE), ("d", "passthrough", DECIMAL)])
model = make_pipeline(steps, GradientBoostingClassifier(n_estimators=8, max_depth=2, random_state=0)).fit(filled(TRAIN), words)
kind = lambda name: StringTensorType if name in TEXT else Int64TensorType if name in WHOLE else FloatTensorType
types = [(name, kind(name)([None, 1])) for name in TRAIN.columns]
onnx = skl2onnx.to_onnx(model, initial_types=types, target_opset=17)
write("model.onnx", onnx.SerializeToString())
test = filled(TEST)
case(__doc__, "model.onnx", "onnx", test, model.predict_proba(test), "probability", [sklearn, skl2onnx], classes=model.classes_, labels=model.predict(test), tolerance=2e-6, runtime="onnx")
