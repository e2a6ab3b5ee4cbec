#!/usr/bin/env python3
"""Boosting on top of another classifier. Written by scikit-learn 1.2."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

need(sklearn, "1.2")
model = GradientBoostingClassifier(init=LogisticRegression(max_iter=300), n_estimators=6, max_depth=2, random_state=1)
model = Pipeline([("prep", preparation()), ("clf", model)]).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-6)
