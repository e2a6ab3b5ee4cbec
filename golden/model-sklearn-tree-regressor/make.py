#!/usr/bin/env python3
"""Regression tree with missing values, protocol 0."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.tree import DecisionTreeRegressor

need(sklearn, "1.9")
model = DecisionTreeRegressor(max_depth=4, random_state=1).fit(coded(TRAIN), VALUE)
record(__doc__, model, coded(TEST), protocol=0)
