#!/usr/bin/env python3
"""AdaBoost by labels (SAMME)."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
kind = {} if "algorithm" not in AdaBoostClassifier().get_params() else {"algorithm": "SAMME"}
model = AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=8, random_state=1, **kind)
model = Pipeline([("prep", ordinal()), ("clf", model)]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12, protocol=4)
