#!/usr/bin/env python3
"""Dummy classifier with strategy prior."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.dummy import DummyClassifier

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", DummyClassifier(strategy="prior", constant="high"))]).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data)
