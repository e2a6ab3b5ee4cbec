#!/usr/bin/env python3
"""Calibration by a temperature."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.calibration import CalibratedClassifierCV
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", CalibratedClassifierCV(GaussianNB(), method="temperature", cv=3))]).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
