#!/usr/bin/env python3
"""One of several labels of one-vs-rest."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

need(sklearn, "1.9")
targets = np.stack([BINARY, SIGNAL > 1, SIGNAL < -1], axis=1).astype(int)
model = Pipeline([("prep", preparation()), ("clf", OneVsRestClassifier(LogisticRegression(max_iter=300)))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=2, tolerance=1e-12)
