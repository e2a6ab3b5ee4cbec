#!/usr/bin/env python3
"""LightGBM regression on square roots; spaces in names become underscores in the file."""
import sys

sys.path.insert(0, "..")
import lightgbm as lgb

from tabular import *

params = {"verbose": -1, "num_leaves": 9, "min_data_in_leaf": 8, "seed": 1, "num_threads": 1, "objective": "regression", "reg_sqrt": True}
spaced = lambda data: coded(data).rename(columns={"hours-per-week": "hours per week"})
model = lgb.train(params, lgb.Dataset(spaced(TRAIN), VALUE), 12)
write("model.txt", model.model_to_string())
p = model.predict(spaced(TEST))
case(__doc__, "model.txt", "lightgbm-text", spaced(TEST), p, "value", [lgb])
