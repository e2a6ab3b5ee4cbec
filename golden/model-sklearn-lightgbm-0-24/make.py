#!/usr/bin/env python3
"""LightGBM wrapper with string classes behind a pipeline. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

import lightgbm as lgb

need(sklearn, "0.24")
model = lgb.LGBMClassifier(n_estimators=6, num_leaves=7, random_state=1, verbose=-1)
record(__doc__, Pipeline([("prep", ordinal()), ("clf", model)]).fit(TRAIN, NAMES), TEST, also=[lgb])
