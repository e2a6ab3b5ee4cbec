#!/usr/bin/env python3
"""Calibration (sigmoid) of a pipeline with decision values."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import LinearSVC

need(sklearn, "1.9")
model = CalibratedClassifierCV(Pipeline([("prep", preparation()), ("clf", LinearSVC(random_state=1))]), method="sigmoid", cv=3).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
