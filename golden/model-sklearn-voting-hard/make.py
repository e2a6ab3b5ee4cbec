#!/usr/bin/env python3
"""Hard voting behind an encoder; one member is dropped."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
members = [("a", LogisticRegression(max_iter=300)), ("b", DecisionTreeClassifier(max_depth=3, random_state=1)), ("c", "drop"), ("d", RidgeClassifier())]
model = Pipeline([("prep", preparation()), ("clf", VotingClassifier(members, weights=[1, 2, 9, 1.5]))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data)
