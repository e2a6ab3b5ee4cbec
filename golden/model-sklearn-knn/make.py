#!/usr/bin/env python3
"""Nearest neighbours weighted by distance behind encoders."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import KNeighborsClassifier

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", KNeighborsClassifier(7, weights="distance"))]).fit(TRAIN[:150], THREE[:150])
data = TEST
record(__doc__, model, data, tolerance=1e-12, protocol=4)
