#!/usr/bin/env python3
"""A chain of classifiers in an order of its own."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import ClassifierChain

need(sklearn, "1.9")
targets = np.stack([BINARY, SIGNAL > 1, SIGNAL < -1], axis=1).astype(int)
model = Pipeline([("prep", preparation()), ("clf", ClassifierChain(LogisticRegression(max_iter=300), order=[2, 0, 1]))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=0, tolerance=1e-12)
