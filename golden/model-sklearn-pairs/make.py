#!/usr/bin/env python3
"""One-vs-one."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.multiclass import OneVsOneClassifier
from sklearn.svm import LinearSVC

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", OneVsOneClassifier(LinearSVC(random_state=1)))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
