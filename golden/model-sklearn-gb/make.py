#!/usr/bin/env python3
"""Gradient boosting of two classes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingClassifier

need(sklearn, "1.9")
model = Pipeline([("prep", ordinal()), ("clf", GradientBoostingClassifier(n_estimators=8, random_state=1))]).fit(TRAIN, NAMES)
record(__doc__, model, TEST)
