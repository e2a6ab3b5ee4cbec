#!/usr/bin/env python3
"""Voting of regressors with weights. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

need(sklearn, "1.5")
members = [("a", Ridge()), ("b", DecisionTreeRegressor(max_depth=4, random_state=1)), ("c", KNeighborsRegressor(3))]
model = Pipeline([("prep", preparation()), ("reg", VotingRegressor(members, weights=[1, 2, 0.5]))]).fit(TRAIN[:150], VALUE[:150])
data = TEST
record(__doc__, model, data, tolerance=1e-12, relative=1e-12)
