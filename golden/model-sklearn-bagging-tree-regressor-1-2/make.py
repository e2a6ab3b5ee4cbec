#!/usr/bin/env python3
"""Bagged regression trees. Written by scikit-learn 1.2."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import BaggingRegressor
from sklearn.tree import DecisionTreeRegressor

need(sklearn, "1.2")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = BaggingRegressor(DecisionTreeRegressor(max_depth=4), 5, random_state=1).fit(rows, VALUE[:150])
record(__doc__, model, data)
