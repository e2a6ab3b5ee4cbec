#!/usr/bin/env python3
"""Rows without neighbours get the most frequent class."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import RadiusNeighborsClassifier

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", RadiusNeighborsClassifier(1.0, outlier_label="most_frequent"))]).fit(rows, THREE[:150])
record(__doc__, model, data, tolerance=1e-12)
