#!/usr/bin/env python3
"""A fixed threshold on the probability of a text class."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.model_selection import FixedThresholdClassifier
from sklearn.linear_model import LogisticRegression

need(sklearn, "1.9")
model = FixedThresholdClassifier(Pipeline([("prep", preparation()), ("clf", LogisticRegression(max_iter=300))]), threshold=0.3, pos_label="high").fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
