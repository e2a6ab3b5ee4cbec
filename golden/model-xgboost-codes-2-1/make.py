#!/usr/bin/env python3
"""XGBoost 2.1 with categories as numbers: the file holds sets of codes and no names."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

need(xgb, "2.1")


def categorical(data):
    return coded(data).assign(**{name: pd.Categorical(coded(data)[name], range(5)) for name in TEXT})


params = {"objective": "reg:squarederror", "max_depth": 4, "max_cat_to_onehot": 3, "tree_method": "hist"}
model = xgb.train(params, xgb.DMatrix(categorical(TRAIN), VALUE, enable_categorical=True), 10)
write("model.json", bytes(model.save_raw("json")))
p = model.predict(xgb.DMatrix(categorical(TEST), enable_categorical=True))
case(__doc__, "model.json", "xgboost-json", coded(TEST), p, "value", [xgb])
