#!/usr/bin/env python3
"""Gradient boosting of a number in ONNX: a start value and a sum of trees."""
import sys

sys.path.insert(0, "..")
import onnxruntime as ort
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingRegressor

from tabular import *

NUMBERS = [name for name in NUMERIC if name != "job"]
train, test = (data[NUMBERS].fillna(0).astype(np.float32) for data in (TRAIN, TEST))
model = GradientBoostingRegressor(n_estimators=20, max_depth=3, random_state=0).fit(train.to_numpy(), VALUE)
onnx = skl2onnx.convert_sklearn(model, "boosting", [("x", FloatTensorType([None, len(NUMBERS)]))], target_opset=17)
write("model.onnx", onnx.SerializeToString())
options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(onnx.SerializeToString(), options, providers=["CPUExecutionProvider"])
(value,) = session.run(None, {"x": test.to_numpy()})
data = test.astype(float)
case(__doc__, "model.onnx", "onnx", data, value.ravel(), "value", [ort, skl2onnx], tolerance=1e-6, runtime="onnx")
