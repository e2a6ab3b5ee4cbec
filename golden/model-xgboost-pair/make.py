#!/usr/bin/env python3
"""XGBoost with one tree for two targets, of which one is chosen."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

params = {"objective": "reg:squarederror", "multi_strategy": "multi_output_tree", "max_depth": 4}
model = xgb.train(params, xgb.DMatrix(coded(TRAIN), np.stack([SIGNAL, VALUE], axis=1)), 8)
write("model.json", bytes(model.save_raw("json")))
value = model.predict(xgb.DMatrix(coded(TEST)))[:, 1]
case(__doc__, "model.json", "xgboost-json", coded(TEST), value, "value", [xgb], output=1)
