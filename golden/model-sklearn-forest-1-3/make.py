#!/usr/bin/env python3
"""Random forest of string classes; class weights make the counts of old files fractions. Written by scikit-learn 1.3."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import RandomForestClassifier

need(sklearn, "1.3")
model = Pipeline([("prep", ordinal()), ("clf", RandomForestClassifier(7, max_depth=4, random_state=1, class_weight="balanced"))])
record(__doc__, model.fit(TRAIN, NAMES), TEST)
