#!/usr/bin/env python3
"""LightGBM 3.3 file."""
import sys

sys.path.insert(0, "..")
import lightgbm as lgb

from tabular import *

need(lgb, "3.3")
params = {"verbose": -1, "num_leaves": 7, "objective": "poisson", "num_threads": 1}
model = lgb.train(params, lgb.Dataset(coded(TRAIN), np.round(VALUE * 3)), 10)
write("model.txt", model.model_to_string())
p = model.predict(coded(TEST))
case(__doc__, "model.txt", "lightgbm-text", coded(TEST), p, "value", [lgb])
