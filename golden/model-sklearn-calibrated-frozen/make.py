#!/usr/bin/env python3
"""Calibration of a frozen, fitted classifier."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

need(sklearn, "1.9")
inner = Pipeline([("prep", preparation()), ("clf", LogisticRegression(max_iter=300))]).fit(TRAIN[:400], NAMES[:400])
model = CalibratedClassifierCV(FrozenEstimator(inner)).fit(TRAIN[400:], NAMES[400:])
data = TEST
record(__doc__, model, data, tolerance=1e-12)
