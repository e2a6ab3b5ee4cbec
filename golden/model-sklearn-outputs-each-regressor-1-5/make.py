#!/usr/bin/env python3
"""One regressor a target. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import GradientBoostingRegressor
from sklearn.multioutput import MultiOutputRegressor

need(sklearn, "1.5")
targets = np.stack([VALUE, SIGNAL, SIGNAL ** 2], axis=1)
model = Pipeline([("prep", ordinal()), ("reg", MultiOutputRegressor(GradientBoostingRegressor(n_estimators=5, random_state=1)))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=2)
