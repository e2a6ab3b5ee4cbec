#!/usr/bin/env python3
"""A random forest of three classes in ONNX: one matrix of numbers, a label and a matrix of probabilities."""
import sys

sys.path.insert(0, "..")
import onnxruntime as ort
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier

from tabular import *

NUMBERS = [name for name in NUMERIC if name != "job"]
train, test = (data[NUMBERS].fillna(0).astype(np.float32) for data in (TRAIN, TEST))
model = RandomForestClassifier(12, max_depth=5, random_state=0).fit(train.to_numpy(), THREE)
types = [("x", FloatTensorType([None, len(NUMBERS)]))]
onnx = skl2onnx.convert_sklearn(model, "forest", types, options={id(model): {"zipmap": False}}, target_opset=17)
write("model.onnx", onnx.SerializeToString())
options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(onnx.SerializeToString(), options, providers=["CPUExecutionProvider"])
label, p = session.run(None, {"x": test.to_numpy()})
data = test.astype(float)
case(__doc__, "model.onnx", "onnx", data, p, "probability", [ort, skl2onnx], classes=model.classes_, labels=label, tolerance=1e-6, runtime="onnx")
