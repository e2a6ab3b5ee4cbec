#!/usr/bin/env python3
"""One of several numbers of extremely random trees. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import ExtraTreesRegressor

need(sklearn, "0.24")
targets = np.stack([VALUE, SIGNAL, SIGNAL ** 2], axis=1)
model = Pipeline([("prep", ordinal()), ("reg", ExtraTreesRegressor(5, max_depth=4, random_state=1))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=2)
