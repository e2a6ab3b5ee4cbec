#!/usr/bin/env python3
"""Pickled LightGBM classifier that was stopped early: the booster keeps all trees, the wrapper uses the best ones."""
import sys

sys.path.insert(0, "..")
from sk import *

import lightgbm as lgb

model = lgb.LGBMClassifier(n_estimators=60, num_leaves=5, learning_rate=0.5, verbose=-1, n_jobs=1, random_state=1)
x = coded(TRAIN)
model.fit(x[:500], NAMES[:500], eval_set=[(x[500:], NAMES[500:])], callbacks=[lgb.early_stopping(3, verbose=False)])
assert model.best_iteration_ < 60
record(__doc__, model, coded(TEST), also=[lgb])
