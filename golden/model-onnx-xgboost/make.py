#!/usr/bin/env python3
"""XGBoost of two classes in ONNX by onnxmltools: splits by `<`, missing values, one margin with a sigmoid."""
import sys

sys.path.insert(0, "..")
import onnxmltools
import onnxruntime as ort
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

from tabular import *

NUMBERS = [name for name in NUMERIC if name != "job"]
train, test = (data[NUMBERS].astype(np.float32) for data in (TRAIN, TEST))
model = xgboost.XGBClassifier(n_estimators=15, max_depth=4, random_state=0).fit(train.to_numpy(), BINARY)
onnx = onnxmltools.convert_xgboost(model, initial_types=[("x", FloatTensorType([None, len(NUMBERS)]))], target_opset=15)
write("model.onnx", onnx.SerializeToString())
options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(onnx.SerializeToString(), options, providers=["CPUExecutionProvider"])
label, p = session.run(None, {"x": test.to_numpy()})
data = test.astype(float)
case(__doc__, "model.onnx", "onnx", data, p, "probability", [ort, xgboost], classes=[0, 1], labels=label, tolerance=1e-6, runtime="onnx")
