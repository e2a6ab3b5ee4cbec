#!/usr/bin/env python3
"""LightGBM ranking, stopped early: the file ends at the best iteration."""
import sys

sys.path.insert(0, "..")
import lightgbm as lgb

from tabular import *

params = {"verbose": -1, "num_leaves": 7, "min_data_in_leaf": 8, "seed": 1, "num_threads": 1, "objective": "lambdarank", "learning_rate": 0.3}
x, y = coded(TRAIN), THREE
data = [lgb.Dataset(x[:500], y[:500], group=[20] * 25), lgb.Dataset(x[500:], y[500:], group=[20] * 10)]
model = lgb.train(params, data[0], 40, valid_sets=data[1:], callbacks=[lgb.early_stopping(2, verbose=False)])
assert model.best_iteration < 40
write("model.txt", model.model_to_string(num_iteration=model.best_iteration))
case(__doc__, "model.txt", "lightgbm-text", coded(TEST), model.predict(coded(TEST)), "value", [lgb])
