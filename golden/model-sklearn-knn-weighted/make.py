#!/usr/bin/env python3
"""Nearest neighbours by a weighted distance."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import KNeighborsRegressor

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("reg", KNeighborsRegressor(4, p=3, metric_params={"w": np.array([1.0, 2.0, 0.5, 0.1, 3.0])}))]).fit(rows, VALUE[:150])
record(__doc__, model, data, tolerance=1e-13)
