#!/usr/bin/env python3
"""Stacking of regressors. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import StackingRegressor
from sklearn.linear_model import Lasso, RidgeCV
from sklearn.tree import DecisionTreeRegressor

need(sklearn, "0.24")
members = [("a", Lasso(0.01)), ("b", DecisionTreeRegressor(max_depth=4, random_state=1))]
model = Pipeline([("prep", preparation()), ("reg", StackingRegressor(members, RidgeCV(), cv=3, passthrough=True))]).fit(TRAIN, VALUE)
data = TEST
record(__doc__, model, data, tolerance=1e-12, relative=1e-12)
