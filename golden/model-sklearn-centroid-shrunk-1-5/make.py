#!/usr/bin/env python3
"""Nearest centroid. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import NearestCentroid

need(sklearn, "1.5")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", NearestCentroid(shrink_threshold=0.4))]).fit(rows, THREE[:150])
record(__doc__, model, data, tolerance=1e-11)
