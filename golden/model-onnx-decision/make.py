#!/usr/bin/env python3
"""A linear support vector classifier in ONNX: decision values, no probabilities."""
import sys

sys.path.insert(0, "..")
import onnxruntime as ort
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.svm import LinearSVC

from tabular import *

def run(model, feed):
    """What ONNX Runtime answers with one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"]).run(None, feed)


filled = lambda data: coded(data).fillna(0.0).assign(income=lambda d: d["income"] / 1e4, gain=lambda d: d["gain"] / 1e3)
model = LinearSVC(max_iter=20000).fit(filled(TRAIN), THREE)
onnx = skl2onnx.convert_sklearn(model, "svc", [("X", FloatTensorType([None, 7]))], target_opset=17)
write("model.onnx", onnx.SerializeToString())
label, scores = run(onnx.SerializeToString(), {"X": filled(TEST).to_numpy(np.float32)})
case(__doc__, "model.onnx", "onnx", filled(TEST), scores, "decision", [ort, skl2onnx], classes=[0, 1, 2], labels=label, runtime="onnx", tolerance=1e-5)
