#!/usr/bin/env python3
"""Network of two text classes. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neural_network import MLPClassifier

need(sklearn, "0.24")
model = Pipeline([("prep", preparation()), ("clf", MLPClassifier((6,), activation="tanh", max_iter=40, random_state=1))]).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-12, protocol=4)
