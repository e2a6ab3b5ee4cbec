#!/usr/bin/env python3
"""XGBoost 1.7 file: numeric category codes, base score as one number."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

need(xgb, "1.7")
kinds = ["c" if name in TEXT else "q" for name in TRAIN.columns]
train = xgb.DMatrix(coded(TRAIN), BINARY, feature_types=kinds, enable_categorical=True)
model = xgb.train({"objective": "binary:logistic", "max_depth": 4, "tree_method": "hist", "base_score": 0.3}, train, 10)
write("model.json", bytes(model.save_raw("json")))
p = model.predict(xgb.DMatrix(coded(TEST), feature_types=kinds, enable_categorical=True))
case(__doc__, "model.json", "xgboost-json", coded(TEST), both(p), "probability", [xgb], classes=[0, 1], labels=(p > 0.5).astype(int))
