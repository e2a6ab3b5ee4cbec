#!/usr/bin/env python3
"""Stochastic gradient descent with modified_huber, whose probabilities are clipped margins."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import SGDClassifier

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", SGDClassifier(loss="modified_huber", random_state=1))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
