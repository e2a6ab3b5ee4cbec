#!/usr/bin/env python3
"""One of several numbers of nearest neighbours. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import KNeighborsRegressor

need(sklearn, "0.24")
targets = np.stack([VALUE, SIGNAL, SIGNAL ** 2], axis=1)
model = Pipeline([("prep", preparation()), ("reg", KNeighborsRegressor(4, weights="distance"))]).fit(TRAIN[:120], targets[:120])
data = TEST
record(__doc__, model, data, output=2, tolerance=1e-12, relative=1e-13)
