#!/usr/bin/env python3
"""XGBoost binary model in JSON, with missing values."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

model = xgb.train({"objective": "binary:logistic", "max_depth": 4, "eta": 0.3}, xgb.DMatrix(coded(TRAIN), BINARY), 12)
write("model.json", bytes(model.save_raw("json")))
p = model.predict(xgb.DMatrix(coded(TEST)))
case(__doc__, "model.json", "xgboost-json", coded(TEST), both(p), "probability", [xgb], classes=[0, 1], labels=(p > 0.5).astype(int))
