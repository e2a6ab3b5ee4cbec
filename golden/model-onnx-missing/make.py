#!/usr/bin/env python3
"""An encoder that was fitted on missing texts: the graph has the category `nan` for them."""
import sys

sys.path.insert(0, "..")
import skl2onnx
import sklearn
from skl2onnx.common.data_types import StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from tabular import *

steps = ColumnTransformer([("t", OneHotEncoder(handle_unknown="ignore"), TEXT)])
model = make_pipeline(steps, LogisticRegression()).fit(TRAIN[TEXT], BINARY)
types = [(name, StringTensorType([None, 1])) for name in TEXT]
onnx = skl2onnx.to_onnx(model, initial_types=types, options={id(model): {"zipmap": False}}, target_opset=17)
write("model.onnx", onnx.SerializeToString())
test = TEST[TEXT]
case(__doc__, "model.onnx", "onnx", test, model.predict_proba(test), "probability", [sklearn, skl2onnx], classes=model.classes_, labels=model.predict(test), tolerance=2e-6, runtime="onnx")
