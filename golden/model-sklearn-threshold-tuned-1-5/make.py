#!/usr/bin/env python3
"""A tuned threshold. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.naive_bayes import GaussianNB

need(sklearn, "1.5")
model = Pipeline([("prep", preparation()), ("clf", TunedThresholdClassifierCV(GaussianNB(), cv=3))]).fit(TRAIN, BINARY)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
