#!/usr/bin/env python3
"""Support vector machine with a decision value for each pair of classes: labels only."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.svm import SVC

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", SVC(kernel="linear", decision_function_shape="ovo"))]).fit(TRAIN[:90], THREE[:90])
data = TEST
record(__doc__, model, data, bare=True)
