#!/usr/bin/env python3
"""A scaled target. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge

need(sklearn, "0.24")
model = Pipeline([("prep", preparation()), ("reg", TransformedTargetRegressor(Ridge(), transformer=StandardScaler()))]).fit(TRAIN, VALUE)
data = TEST
record(__doc__, model, data, tolerance=1e-12, relative=1e-12)
