#!/usr/bin/env python3
"""A LightGBM regression in ONNX by onnxmltools."""
import sys

sys.path.insert(0, "..")
import lightgbm
import onnxmltools
from onnxmltools.convert.common.data_types import FloatTensorType

from tabular import *

NUMBERS = [name for name in NUMERIC if name != "job"]
train, test = (data[NUMBERS].astype(np.float32) for data in (TRAIN, TEST))
model = lightgbm.LGBMRegressor(n_estimators=20, num_leaves=8, random_state=0, verbose=-1).fit(train.to_numpy(), VALUE)
onnx = onnxmltools.convert_lightgbm(model, initial_types=[("x", FloatTensorType([None, len(NUMBERS)]))], target_opset=15)
write("model.onnx", onnx.SerializeToString())
case(__doc__, "model.onnx", "onnx", test.astype(float), model.predict(test.to_numpy()), "value", [lightgbm, onnxmltools], relative=2e-6, runtime="onnx")
