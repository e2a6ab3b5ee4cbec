#!/usr/bin/env python3
"""One of several labels of a network."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neural_network import MLPClassifier

need(sklearn, "1.9")
targets = np.stack([BINARY, SIGNAL > 1, SIGNAL < -1], axis=1).astype(int)
model = Pipeline([("prep", preparation()), ("clf", MLPClassifier((5,), max_iter=30, random_state=1))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=1, tolerance=1e-12)
