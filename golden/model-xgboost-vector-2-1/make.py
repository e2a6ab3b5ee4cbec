#!/usr/bin/env python3
"""XGBoost 2.1 with one tree for all classes: leaves stand in the weights of all nodes."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

need(xgb, "2.1")
params = {"objective": "multi:softprob", "num_class": 3, "multi_strategy": "multi_output_tree", "max_depth": 3, "tree_method": "hist"}
model = xgb.train(params, xgb.DMatrix(coded(TRAIN), THREE), 8)
write("model.ubj", bytes(model.save_raw("ubj")))
p = model.predict(xgb.DMatrix(coded(TEST)))
case(__doc__, "model.ubj", "xgboost-ubj", coded(TEST), p, "probability", [xgb], classes=[0, 1, 2], labels=p.argmax(1))
