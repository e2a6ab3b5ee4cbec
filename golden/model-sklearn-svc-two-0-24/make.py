#!/usr/bin/env python3
"""Support vector machine of two text classes: the decision value is that of the second. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.svm import SVC

need(sklearn, "0.24")
model = Pipeline([("prep", preparation()), ("clf", SVC(kernel="sigmoid", gamma=0.1, coef0=0.3))]).fit(TRAIN[:90], NAMES[:90])
data = TEST
record(__doc__, model, data, tolerance=1e-11)
