#!/usr/bin/env python3
"""Bagged pipelines without probabilities on some of the columns."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import RidgeClassifier

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = BaggingClassifier(Pipeline([("s", StandardScaler()), ("c", RidgeClassifier())]), 4, max_features=0.7, random_state=1).fit(rows, THREE[:150])
record(__doc__, model, data)
