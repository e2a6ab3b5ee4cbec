#!/usr/bin/env python3
"""One-class support vector machine: outliers are -1. Written by scikit-learn 0.20."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.svm import OneClassSVM

need(sklearn, "0.20")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", OneClassSVM(nu=0.3))]).fit(rows[:80])
record(__doc__, model, data, tolerance=1e-11)
