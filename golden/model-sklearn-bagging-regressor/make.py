#!/usr/bin/env python3
"""Bagged regressors."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import BaggingRegressor
from sklearn.linear_model import Ridge

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = BaggingRegressor(Ridge(), 5, random_state=1, max_features=3).fit(rows, VALUE[:150])
record(__doc__, model, data, tolerance=1e-12, relative=1e-12)
