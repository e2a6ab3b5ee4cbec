#!/usr/bin/env python3
"""XGBoost with one tree for all classes: a leaf holds a value for each."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

params = {"objective": "multi:softprob", "num_class": 3, "multi_strategy": "multi_output_tree", "max_depth": 3}
model = xgb.train(params, xgb.DMatrix(coded(TRAIN), THREE), 8)
write("model.ubj", bytes(model.save_raw("ubj")))
p = model.predict(xgb.DMatrix(coded(TEST)))
case(__doc__, "model.ubj", "xgboost-ubj", coded(TEST), p, "probability", [xgb], classes=[0, 1, 2], labels=p.argmax(1))
