#!/usr/bin/env python3
"""One-vs-rest of pipelines on raw columns. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC

need(sklearn, "1.5")
model = OneVsRestClassifier(Pipeline([("prep", preparation()), ("clf", SVC(kernel="linear"))])).fit(TRAIN[:90], THREE[:90])
data = TEST
record(__doc__, model, data, tolerance=1e-11)
