#!/usr/bin/env python3
"""Soft voting of pipelines that read the raw columns by steps of their own. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "0.24")
one = Pipeline([("prep", preparation()), ("clf", LogisticRegression(max_iter=300))])
two = Pipeline([("prep", ordinal()), ("clf", DecisionTreeClassifier(max_depth=4, random_state=1))])
three = Pipeline([("prep", preparation()), ("clf", GaussianNB())])
model = VotingClassifier([("a", one), ("b", two), ("c", three)], voting="soft", weights=[2, 1, 0.5]).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-12, protocol=4)
