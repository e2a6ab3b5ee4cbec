#!/usr/bin/env python3
"""Network of three classes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neural_network import MLPClassifier

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", MLPClassifier((8, 5), max_iter=40, random_state=1))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
