#!/usr/bin/env python3
"""skops file of histogram gradient boosting with its own categories: records, nested objects and losses."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import HistGradientBoostingClassifier

model = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=6, categorical_features=TEXT, random_state=1)
record(__doc__, model.fit(TRAIN, THREE), TEST, skops=True, tolerance=3e-16)
