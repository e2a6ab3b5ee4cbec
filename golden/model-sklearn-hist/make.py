#!/usr/bin/env python3
"""Histogram gradient boosting with missing values."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import HistGradientBoostingClassifier

need(sklearn, "1.9")
model = HistGradientBoostingClassifier(max_iter=6, max_leaf_nodes=9, random_state=1).fit(coded(TRAIN), NAMES)
record(__doc__, model, coded(TEST))
