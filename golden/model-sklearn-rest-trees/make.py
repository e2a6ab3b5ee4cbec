#!/usr/bin/env python3
"""One-vs-rest of members with probabilities only."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.multiclass import OneVsRestClassifier
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
model = Pipeline([("prep", ordinal()), ("clf", OneVsRestClassifier(DecisionTreeClassifier(max_depth=3, random_state=1)))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, protocol=4)
