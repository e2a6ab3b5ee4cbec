#!/usr/bin/env python3
"""Pickled XGBoost classifier of three classes, several trees a round, stopped early, with a number that means missing."""
import sys

sys.path.insert(0, "..")
from sk import *

import xgboost as xgb

model = xgb.XGBClassifier(n_estimators=40, learning_rate=0.9, num_parallel_tree=3, subsample=0.6, max_depth=3, missing=-1, early_stopping_rounds=3, n_jobs=1, random_state=1)
x = coded(TRAIN).fillna(-1)
model.fit(x[:500], THREE[:500], eval_set=[(x[500:], THREE[500:])], verbose=False)
assert model.best_iteration < 39
record(__doc__, model, coded(TEST).fillna(-1), also=[xgb])
