#!/usr/bin/env python3
"""Boosting of three classes on top of another classifier."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingClassifier
from sklearn.naive_bayes import GaussianNB

need(sklearn, "1.9")
model = GradientBoostingClassifier(init=GaussianNB(), n_estimators=4, max_depth=2, random_state=1)
model = Pipeline([("prep", preparation()), ("clf", model)]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-6)
