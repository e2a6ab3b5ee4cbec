#!/usr/bin/env python3
"""Histogram gradient boosting with native categories: a hidden transformer encodes them and puts their columns first."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import HistGradientBoostingClassifier

need(sklearn, "1.9")
train, test = TRAIN.astype({name: "category" for name in TEXT}), TEST.copy()
test.loc[1, "region"] = "centre"
data = test.astype({name: "category" for name in TEXT})
model = HistGradientBoostingClassifier(max_iter=6, max_leaf_nodes=9, random_state=1, categorical_features=TEXT)
record(__doc__, model.fit(train, THREE), data, tolerance=3e-16)
