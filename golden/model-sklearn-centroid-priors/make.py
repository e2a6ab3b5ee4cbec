#!/usr/bin/env python3
"""Nearest centroid with priors."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import NearestCentroid

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", NearestCentroid(priors="empirical"))]).fit(rows, THREE[:150])
record(__doc__, model, data, tolerance=1e-11)
