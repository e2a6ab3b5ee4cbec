#!/usr/bin/env python3
"""LightGBM of three classes in ONNX by onnxmltools, with missing values, scores as maps."""
import sys

sys.path.insert(0, "..")
import lightgbm
import onnxmltools
from onnxmltools.convert.common.data_types import FloatTensorType

from tabular import *

NUMBERS = [name for name in NUMERIC if name != "job"]
train, test = (data[NUMBERS].astype(np.float32) for data in (TRAIN, TEST))
model = lightgbm.LGBMClassifier(n_estimators=6, num_leaves=8, random_state=0, verbose=-1).fit(train.to_numpy(), THREE)
onnx = onnxmltools.convert_lightgbm(model, initial_types=[("x", FloatTensorType([None, len(NUMBERS)]))], target_opset=15)
write("model.onnx", onnx.SerializeToString())
p = model.predict_proba(test.to_numpy())
case(__doc__, "model.onnx", "onnx", test.astype(float), p, "probability", [lightgbm, onnxmltools], classes=[0, 1, 2], labels=p.argmax(1), tolerance=2e-6, runtime="onnx")
