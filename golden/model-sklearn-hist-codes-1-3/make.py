#!/usr/bin/env python3
"""Histogram gradient boosting with native categories given as codes; an unknown one is missing. Written by scikit-learn 1.3."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import HistGradientBoostingClassifier

need(sklearn, "1.3")
mask = [name in TEXT for name in TRAIN.columns]
data = coded(TEST)
data.loc[2, "region"] = 9
model = HistGradientBoostingClassifier(max_iter=6, max_leaf_nodes=9, random_state=1, categorical_features=mask)
record(__doc__, model.fit(coded(TRAIN), BINARY), data)
