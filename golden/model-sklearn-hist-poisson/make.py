#!/usr/bin/env python3
"""Histogram gradient boosting regression with poisson loss."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import HistGradientBoostingRegressor

need(sklearn, "1.9")
model = HistGradientBoostingRegressor(loss="poisson", max_iter=6, max_leaf_nodes=9, random_state=1).fit(coded(TRAIN), VALUE)
record(__doc__, model, coded(TEST), relative=4e-16)
