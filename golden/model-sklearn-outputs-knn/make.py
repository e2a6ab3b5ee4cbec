#!/usr/bin/env python3
"""One of several targets of nearest neighbours."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import KNeighborsClassifier

need(sklearn, "1.9")
targets = np.stack([THREE, BINARY], axis=1)
model = Pipeline([("prep", preparation()), ("clf", KNeighborsClassifier(4, weights="distance"))]).fit(TRAIN[:120], targets[:120])
data = TEST
record(__doc__, model, data, output=1, tolerance=1e-12)
