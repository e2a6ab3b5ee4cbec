#!/usr/bin/env python3
"""RANSAC answers as the estimator that it kept."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LinearRegression, RANSACRegressor

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("reg", RANSACRegressor(LinearRegression(), random_state=1))]).fit(TRAIN, VALUE)
data = TEST
record(__doc__, model, data, tolerance=1e-12, relative=1e-12)
