#!/usr/bin/env python3
"""XGBoost with a log link, and fewer trees used than stored (early stopping)."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

params = {"objective": "reg:tweedie", "max_depth": 3, "base_score": 0.7}
model = xgb.train(params, xgb.DMatrix(coded(TRAIN), VALUE), 14)
model.set_attr(best_iteration="8")
write("model.json", bytes(model.save_raw("json")))
p = model.predict(xgb.DMatrix(coded(TEST)), iteration_range=(0, 9))
case(__doc__, "model.json", "xgboost-json", coded(TEST), p, "value", [xgb])
