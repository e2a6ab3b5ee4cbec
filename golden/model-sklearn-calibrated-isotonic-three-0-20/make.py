#!/usr/bin/env python3
"""Calibration (isotonic) of three classes with probabilities. Written by scikit-learn 0.20."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.calibration import CalibratedClassifierCV
from sklearn.naive_bayes import GaussianNB

need(sklearn, "0.20")
model = Pipeline([("prep", preparation()), ("clf", CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=3))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
