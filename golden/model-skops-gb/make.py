#!/usr/bin/env python3
"""skops file of gradient boosting: an array of trees."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingRegressor

record(__doc__, GradientBoostingRegressor(n_estimators=4, max_depth=2, random_state=1).fit(GRID, GRID["a"] - GRID["b"]), FINE, skops=True)
