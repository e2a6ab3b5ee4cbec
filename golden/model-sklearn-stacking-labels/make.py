#!/usr/bin/env python3
"""Stacking on predicted labels."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

need(sklearn, "1.9")
members = [("a", GaussianNB()), ("b", LinearSVC(random_state=1))]
model = StackingClassifier(members, RandomForestClassifier(5, max_depth=3, random_state=1), cv=3, stack_method="predict")
model = Pipeline([("prep", preparation()), ("clf", model)]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data)
