#!/usr/bin/env python3
"""Gradient boosting of three classes; the start values changed their link in 1.4. Written by scikit-learn 1.3."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingClassifier

need(sklearn, "1.3")
model = GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=1)
model = Pipeline([("prep", ordinal()), ("clf", model)]).fit(TRAIN, THREE)
record(__doc__, model, TEST, tolerance=3e-16)
