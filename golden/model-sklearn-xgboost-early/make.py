#!/usr/bin/env python3
"""XGBoost wrapper with a value for missing and early stopping: trees after the best iteration do not count."""
import sys

sys.path.insert(0, "..")
from sk import *

import xgboost as xgb

need(sklearn, "1.9")
filled = coded(TRAIN).fillna(-1)
model = xgb.XGBClassifier(n_estimators=40, max_depth=4, learning_rate=0.9, missing=-1, early_stopping_rounds=3, random_state=1)
model.fit(filled[:400], BINARY[:400], eval_set=[(filled[400:], BINARY[400:])], verbose=False)
assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
record(__doc__, model, coded(TEST).fillna(-1), protocol=5, also=[xgb])
