#!/usr/bin/env python3
"""Regression on neighbours within a radius."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import RadiusNeighborsRegressor

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("reg", RadiusNeighborsRegressor(9.0))]).fit(rows, VALUE[:150])
record(__doc__, model, data, tolerance=1e-12)
