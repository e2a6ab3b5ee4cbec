#!/usr/bin/env python3
"""Calibration of a fitted classifier. Written by scikit-learn 1.2."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression

need(sklearn, "1.2")
inner = Pipeline([("prep", preparation()), ("clf", LogisticRegression(max_iter=300))]).fit(TRAIN[:400], NAMES[:400])
model = CalibratedClassifierCV(inner, cv="prefit").fit(TRAIN[400:], NAMES[400:])
data = TEST
record(__doc__, model, data, tolerance=1e-12)
