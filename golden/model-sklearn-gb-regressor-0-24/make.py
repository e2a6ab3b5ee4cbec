#!/usr/bin/env python3
"""Gradient boosting regression from zero with huber loss. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingRegressor

need(sklearn, "0.24")
model = GradientBoostingRegressor(loss="huber", init="zero", n_estimators=8, random_state=1)
model = Pipeline([("prep", ordinal()), ("reg", model)]).fit(TRAIN, VALUE)
record(__doc__, model, TEST)
