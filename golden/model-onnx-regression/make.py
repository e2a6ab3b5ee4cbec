#!/usr/bin/env python3
"""A regression in ONNX in double precision, one input a column."""
import sys

sys.path.insert(0, "..")
import onnxruntime as ort
import skl2onnx
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tabular import *

def run(model, feed):
    """What ONNX Runtime answers with one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"]).run(None, feed)


filled = lambda data: coded(data).fillna(0.0)
steps = ColumnTransformer([("n", StandardScaler(), list(TRAIN.columns))])
model = make_pipeline(steps, Ridge()).fit(filled(TRAIN), VALUE)
types = [(name, DoubleTensorType([None, 1])) for name in TRAIN.columns]
onnx = skl2onnx.convert_sklearn(model, "ridge", types, target_opset=17)
write("model.onnx", onnx.SerializeToString())
feed = {name.replace("-", "_"): filled(TEST)[[name]].to_numpy() for name in TRAIN.columns}
(p,) = run(onnx.SerializeToString(), feed)
case(__doc__, "model.onnx", "onnx", filled(TEST), p, "value", [ort, skl2onnx], runtime="onnx", tolerance=1e-12)
