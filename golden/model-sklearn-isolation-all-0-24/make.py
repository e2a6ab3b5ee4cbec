#!/usr/bin/env python3
"""Isolation forest on all columns. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import IsolationForest

need(sklearn, "0.24")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = IsolationForest(n_estimators=12, max_samples=40, random_state=1).fit(rows)
record(__doc__, model, data, tolerance=1e-13)
