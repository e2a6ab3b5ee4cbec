#!/usr/bin/env python3
"""Stacking of three classes with the columns passed on to the final estimator. Written by scikit-learn 1.2."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB

need(sklearn, "1.2")
members = [("a", GaussianNB()), ("b", RidgeClassifier()), ("c", LogisticRegression(max_iter=500))]
model = StackingClassifier(members, LogisticRegression(max_iter=500), cv=3, passthrough=True)
model = Pipeline([("prep", preparation()), ("clf", model)]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-11)
