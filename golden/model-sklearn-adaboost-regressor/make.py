#!/usr/bin/env python3
"""AdaBoost of regressors: a weighted median."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import AdaBoostRegressor
from sklearn.tree import DecisionTreeRegressor

need(sklearn, "1.9")
model = Pipeline([("prep", ordinal()), ("reg", AdaBoostRegressor(DecisionTreeRegressor(max_depth=3), n_estimators=9, random_state=1))]).fit(TRAIN[:300], VALUE[:300])
data = TEST
record(__doc__, model, data)
