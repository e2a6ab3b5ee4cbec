#!/usr/bin/env python3
"""Stacking of pipelines on raw columns: probabilities, decision values and labels for a final pipeline."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
one = Pipeline([("prep", preparation()), ("clf", DecisionTreeClassifier(max_depth=3, random_state=1))])
two = Pipeline([("prep", preparation()), ("clf", LinearSVC(random_state=1))])
last = Pipeline([("s", StandardScaler()), ("clf", LogisticRegression())])
model = StackingClassifier([("a", one), ("b", two)], last, cv=3).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-12, protocol=4)
