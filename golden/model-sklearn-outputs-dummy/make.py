#!/usr/bin/env python3
"""One of several targets of a dummy."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.dummy import DummyClassifier

need(sklearn, "1.9")
targets = np.stack([THREE, BINARY], axis=1)
model = Pipeline([("prep", preparation()), ("clf", DummyClassifier(strategy="prior"))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=0)
