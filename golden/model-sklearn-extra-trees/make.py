#!/usr/bin/env python3
"""Extra trees of three classes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import ExtraTreesClassifier

need(sklearn, "1.9")
model = Pipeline([("prep", ordinal()), ("clf", ExtraTreesClassifier(6, max_depth=4, random_state=1))]).fit(TRAIN, THREE)
record(__doc__, model, TEST)
