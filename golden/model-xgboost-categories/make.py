#!/usr/bin/env python3
"""XGBoost model with text categories stored in the file (3.1 and later)."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

# The library cuts text categories that are not ASCII at the wrong place.
TRAIN, TEST = (data.assign(job=data["job"].replace("ingeniería", "engineer")) for data in (TRAIN, TEST))


def categorical(data):
    return data.assign(**{name: pd.Categorical(data[name], sorted(set(TRAIN[name].dropna()))) for name in TEXT})


params = {"objective": "binary:logistic", "max_depth": 4, "max_cat_to_onehot": 3}
model = xgb.train(params, xgb.DMatrix(categorical(TRAIN), BINARY, enable_categorical=True), 10)
write("model.ubj", bytes(model.save_raw("ubj")))
p = model.predict(xgb.DMatrix(categorical(TEST), enable_categorical=True))
case(__doc__, "model.ubj", "xgboost-ubj", TEST, both(p), "probability", [xgb], classes=[0, 1], labels=(p > 0.5).astype(int))
