#!/usr/bin/env python3
"""One of several numbers of a network."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neural_network import MLPRegressor

need(sklearn, "1.9")
targets = np.stack([VALUE, SIGNAL, SIGNAL ** 2], axis=1)
model = Pipeline([("prep", preparation()), ("reg", MLPRegressor(hidden_layer_sizes=(5,), max_iter=30, random_state=1))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=1, tolerance=1e-12)
