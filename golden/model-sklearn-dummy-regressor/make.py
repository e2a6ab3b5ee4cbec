#!/usr/bin/env python3
"""Dummy regressor."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.dummy import DummyRegressor

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("reg", DummyRegressor(strategy="quantile", quantile=0.7))]).fit(TRAIN, VALUE)
data = TEST
record(__doc__, model, data)
