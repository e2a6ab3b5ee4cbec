#!/usr/bin/env python3
"""Multinomial logistic regression of three classes, protocol 4."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", LogisticRegression(max_iter=300))]).fit(TRAIN, THREE)
record(__doc__, model, TEST, protocol=4, tolerance=1e-12)
