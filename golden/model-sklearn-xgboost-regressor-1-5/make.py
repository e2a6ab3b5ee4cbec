#!/usr/bin/env python3
"""XGBoost regression wrapper inside of a pipeline. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

import xgboost as xgb

need(sklearn, "1.5")
model = xgb.XGBRegressor(n_estimators=6, max_depth=3, random_state=1)
record(__doc__, Pipeline([("prep", ordinal()), ("reg", model)]).fit(TRAIN, VALUE), TEST, also=[xgb])
