#!/usr/bin/env python3
"""A calibrated stack of votes inside of a search."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
votes = VotingClassifier([("a", GaussianNB()), ("b", BaggingClassifier(DecisionTreeClassifier(max_depth=2), 3, random_state=1))], voting="soft")
stack = StackingClassifier([("p", Pipeline([("prep", preparation()), ("v", votes)])), ("q", Pipeline([("prep", ordinal()), ("l", LogisticRegression(max_iter=500))]))], LogisticRegression(), cv=2)
model = GridSearchCV(CalibratedClassifierCV(stack, cv=2), {"method": ["sigmoid"]}, cv=2).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-11, protocol=4)
