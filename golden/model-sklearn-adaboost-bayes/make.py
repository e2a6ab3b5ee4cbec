#!/usr/bin/env python3
"""AdaBoost of a member that is no tree."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import AdaBoostClassifier
from sklearn.naive_bayes import GaussianNB

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", AdaBoostClassifier(GaussianNB(), n_estimators=4, random_state=1))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-11)
