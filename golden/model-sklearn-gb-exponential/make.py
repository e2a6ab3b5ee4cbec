#!/usr/bin/env python3
"""Gradient boosting with exponential loss."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingClassifier

need(sklearn, "1.9")
model = GradientBoostingClassifier(loss="exponential", n_estimators=8, random_state=1)
model = Pipeline([("prep", ordinal()), ("clf", model)]).fit(TRAIN, BINARY)
record(__doc__, model, TEST)
