#!/usr/bin/env python3
"""LightGBM with pandas categories: text codes come from the end of the file."""
import sys

sys.path.insert(0, "..")
import lightgbm as lgb

from tabular import *

params = {"verbose": -1, "num_leaves": 9, "min_data_in_leaf": 8, "seed": 1, "num_threads": 1, "objective": "binary", "cat_smooth": 1, "min_data_per_group": 5}
categorical = lambda data: data.assign(**{name: pd.Categorical(data[name], sorted(set(TRAIN[name].dropna()))) for name in TEXT})
model = lgb.train(params, lgb.Dataset(categorical(TRAIN), BINARY), 12)
write("model.txt", model.model_to_string())
p = model.predict(categorical(TEST))
case(__doc__, "model.txt", "lightgbm-text", TEST, both(p), "probability", [lgb], classes=[0, 1], labels=(p > 0.5).astype(int))
