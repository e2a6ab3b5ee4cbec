#!/usr/bin/env python3
"""LightGBM with a linear model in each leaf; a missing number falls back to the leaf's constant."""
import sys

sys.path.insert(0, "..")
import lightgbm as lgb

from tabular import *

params = {"verbose": -1, "num_leaves": 6, "min_data_in_leaf": 30, "seed": 1, "num_threads": 1, "objective": "multiclass", "num_class": 3, "linear_tree": True}
model = lgb.train(params, lgb.Dataset(coded(TRAIN), THREE), 5)
write("model.txt", model.model_to_string())
p = model.predict(coded(TEST))
case(__doc__, "model.txt", "lightgbm-text", coded(TEST), p, "probability", [lgb], classes=[0, 1, 2], labels=p.argmax(1), tolerance=2.3e-16)
