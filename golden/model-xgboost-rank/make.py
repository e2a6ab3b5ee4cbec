#!/usr/bin/env python3
"""XGBoost ranking with dropped trees, several in parallel."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

params = {"objective": "rank:ndcg", "max_depth": 3, "num_parallel_tree": 2, "subsample": 0.7, "booster": "dart", "rate_drop": 0.3, "seed": 1}
model = xgb.train(params, xgb.DMatrix(coded(TRAIN), THREE, group=[20] * 35), 8)
write("model.ubj", bytes(model.save_raw("ubj")))
case(__doc__, "model.ubj", "xgboost-ubj", coded(TEST), model.predict(xgb.DMatrix(coded(TEST))), "value", [xgb])
