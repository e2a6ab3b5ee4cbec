#!/usr/bin/env python3
"""XGBoost dart: each tree has its weight. The values are those of Booster.predict."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

params = {"objective": "reg:squarederror", "booster": "dart", "rate_drop": 0.3, "max_depth": 3, "seed": 1}
model = xgb.train(params, xgb.DMatrix(coded(TRAIN), VALUE), 12)
write("model.json", bytes(model.save_raw("json")))
p = model.predict(xgb.DMatrix(coded(TEST)))
case(__doc__, "model.json", "xgboost-json", coded(TEST), p, "value", [xgb])
