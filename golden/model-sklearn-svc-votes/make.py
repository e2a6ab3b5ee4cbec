#!/usr/bin/env python3
"""Polynomial support vector machine of three classes; the label has the most votes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.svm import SVC

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", SVC(kernel="poly", coef0=1.0))]).fit(TRAIN[:90], THREE[:90])
data = TEST
record(__doc__, model, data, tolerance=1e-11, protocol=4)
