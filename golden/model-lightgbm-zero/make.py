#!/usr/bin/env python3
"""LightGBM where zero is a missing value, on a skewed target."""
import sys

sys.path.insert(0, "..")
import lightgbm as lgb

from tabular import *

params = {"verbose": -1, "num_leaves": 9, "min_data_in_leaf": 8, "seed": 1, "num_threads": 1, "objective": "gamma", "zero_as_missing": True}
model = lgb.train(params, lgb.Dataset(coded(TRAIN), VALUE), 12)
write("model.txt", model.model_to_string())
p = model.predict(coded(TEST))
case(__doc__, "model.txt", "lightgbm-text", coded(TEST), p, "value", [lgb])
