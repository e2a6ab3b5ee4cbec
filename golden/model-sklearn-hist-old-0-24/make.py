#!/usr/bin/env python3
"""Histogram gradient boosting of the experimental years. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.experimental import enable_hist_gradient_boosting  # noqa: F401
from sklearn.ensemble import HistGradientBoostingClassifier

need(sklearn, "0.24")
model = HistGradientBoostingClassifier(max_iter=6, max_leaf_nodes=9, random_state=1).fit(coded(TRAIN), BINARY)
record(__doc__, model, coded(TEST))
