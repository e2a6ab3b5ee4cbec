#!/usr/bin/env python3
"""XGBoost three-class model in UBJSON, boosted forests of two trees."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

params = {"objective": "multi:softprob", "num_class": 3, "max_depth": 3, "num_parallel_tree": 2, "subsample": 0.7}
model = xgb.train(params, xgb.DMatrix(coded(TRAIN), THREE), 5)
write("model.ubj", bytes(model.save_raw("ubj")))
p = model.predict(xgb.DMatrix(coded(TEST)))
case(__doc__, "model.ubj", "xgboost-ubj", coded(TEST), p, "probability", [xgb], classes=[0, 1, 2], labels=p.argmax(1))
