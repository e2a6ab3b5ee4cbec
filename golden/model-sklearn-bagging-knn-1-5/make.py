#!/usr/bin/env python3
"""Bagged neighbours. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import BaggingClassifier
from sklearn.neighbors import KNeighborsClassifier

need(sklearn, "1.5")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("c", BaggingClassifier(KNeighborsClassifier(3), 3, max_samples=0.4, max_features=0.6, random_state=1))]).fit(rows, THREE[:150])
record(__doc__, model, data, tolerance=1e-15)
