#!/usr/bin/env python3
"""Neighbours within a radius; rows without any get a class."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import RadiusNeighborsClassifier

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", RadiusNeighborsClassifier(1.5, outlier_label=NAMES[0], weights="distance"))]).fit(rows, NAMES[:150])
record(__doc__, model, data, tolerance=1e-12)
