#!/usr/bin/env python3
"""LightGBM regression wrapper on a frame."""
import sys

sys.path.insert(0, "..")
from sk import *

import lightgbm as lgb

need(sklearn, "1.9")
model = lgb.LGBMRegressor(n_estimators=6, num_leaves=7, random_state=1, verbose=-1).fit(coded(TRAIN), VALUE)
record(__doc__, model, coded(TEST), protocol=4, also=[lgb])
