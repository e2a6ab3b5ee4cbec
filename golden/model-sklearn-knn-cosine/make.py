#!/usr/bin/env python3
"""Nearest neighbours by cosine distance."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import KNeighborsClassifier

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", KNeighborsClassifier(5, metric="cosine", weights="distance"))]).fit(rows, NAMES[:150])
record(__doc__, model, data, tolerance=1e-12)
