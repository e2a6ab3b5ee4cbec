#!/usr/bin/env python3
"""Random forest regression on a matrix without column names, with missing values."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import RandomForestRegressor

need(sklearn, "1.9")
model = RandomForestRegressor(6, max_depth=4, random_state=1).fit(coded(TRAIN).to_numpy(), VALUE)
record(__doc__, model, coded(TEST), protocol=5, matrix=True)
