#!/usr/bin/env python3
"""XGBoost hinge loss: margins, no probabilities."""
import sys

sys.path.insert(0, "..")
import xgboost as xgb

from tabular import *

model = xgb.train({"objective": "binary:hinge", "max_depth": 3}, xgb.DMatrix(coded(TRAIN), BINARY), 10)
write("model.ubj", bytes(model.save_raw("ubj")))
m = model.predict(xgb.DMatrix(coded(TEST)), output_margin=True)
p = model.predict(xgb.DMatrix(coded(TEST)))
case(__doc__, "model.ubj", "xgboost-ubj", coded(TEST), np.stack([-m, m], 1), "decision", [xgb], classes=[0, 1], labels=p.astype(int))
