#!/usr/bin/env python3
"""One-vs-rest of logistic regressions is one linear model."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.multiclass import OneVsRestClassifier
from sklearn.linear_model import LogisticRegression

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", OneVsRestClassifier(LogisticRegression(max_iter=300)))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
