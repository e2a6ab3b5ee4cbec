#!/usr/bin/env python3
"""Dummy classifier with strategy constant. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.dummy import DummyClassifier

need(sklearn, "1.5")
model = Pipeline([("prep", preparation()), ("clf", DummyClassifier(strategy="constant", constant="high"))]).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data)
