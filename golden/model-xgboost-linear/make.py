#!/usr/bin/env python3
"""XGBoost gblinear: missing values count nothing; the library sums in 32 bits."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

params = {"objective": "binary:logistic", "booster": "gblinear"}
scaled = lambda data: coded(data).assign(income=lambda d: d["income"] / 1e4, gain=lambda d: d["gain"] / 1e3)
model = xgb.train(params, xgb.DMatrix(scaled(TRAIN), BINARY), 20)
write("model.json", bytes(model.save_raw("json")))
p = model.predict(xgb.DMatrix(scaled(TEST)))
case(__doc__, "model.json", "xgboost-json", scaled(TEST), both(p), "probability", [xgb], classes=[0, 1], labels=(p > 0.5).astype(int), tolerance=1e-6)
