#!/usr/bin/env python3
"""Bagged trees on some of the columns."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import BaggingClassifier
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = BaggingClassifier(DecisionTreeClassifier(max_depth=4), 6, max_features=0.7, random_state=1).fit(rows, NAMES[:150])
record(__doc__, model, data)
