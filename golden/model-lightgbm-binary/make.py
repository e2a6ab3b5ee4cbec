#!/usr/bin/env python3
"""LightGBM binary model: missing values, and a sigmoid coefficient other than 1."""
import sys

sys.path.insert(0, "..")
import lightgbm as lgb

from tabular import *

params = {"verbose": -1, "num_leaves": 9, "min_data_in_leaf": 8, "seed": 1, "num_threads": 1, "objective": "binary", "sigmoid": 1.7}
model = lgb.train(params, lgb.Dataset(coded(TRAIN), BINARY), 12)
write("model.txt", model.model_to_string())
p = model.predict(coded(TEST))
case(__doc__, "model.txt", "lightgbm-text", coded(TEST), both(p), "probability", [lgb], classes=[0, 1], labels=(p > 0.5).astype(int))
