#!/usr/bin/env python3
"""One of several targets of a forest."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import RandomForestClassifier

need(sklearn, "1.9")
targets = np.stack([THREE, BINARY], axis=1)
model = Pipeline([("prep", ordinal()), ("clf", RandomForestClassifier(5, max_depth=4, random_state=1))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=1)
