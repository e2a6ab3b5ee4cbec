#!/usr/bin/env python3
"""Boosting on top of another regressor. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import Ridge

need(sklearn, "0.24")
model = GradientBoostingRegressor(init=Ridge(), n_estimators=6, max_depth=2, random_state=1)
model = Pipeline([("prep", preparation()), ("reg", model)]).fit(TRAIN, VALUE)
data = TEST
record(__doc__, model, data, tolerance=1e-6, relative=1e-7)
