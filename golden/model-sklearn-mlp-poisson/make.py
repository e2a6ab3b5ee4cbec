#!/usr/bin/env python3
"""Network with an exponential output."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neural_network import MLPRegressor

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("reg", MLPRegressor(hidden_layer_sizes=(6, 4), loss="poisson", max_iter=40, random_state=1))]).fit(TRAIN, VALUE)
data = TEST
record(__doc__, model, data, tolerance=1e-12, relative=1e-12)
