#!/usr/bin/env python3
"""LightGBM random forest: trees are averaged; missing values are read as zero."""
import sys

sys.path.insert(0, "..")
import lightgbm as lgb

from tabular import *

params = {"verbose": -1, "num_leaves": 9, "min_data_in_leaf": 8, "seed": 1, "num_threads": 1, "objective": "multiclass", "num_class": 3, "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "use_missing": False}
model = lgb.train(params, lgb.Dataset(coded(TRAIN), THREE), 6)
write("model.txt", model.model_to_string())
p = model.predict(coded(TEST))
case(__doc__, "model.txt", "lightgbm-text", coded(TEST), p, "probability", [lgb], classes=[0, 1, 2], labels=p.argmax(1))
