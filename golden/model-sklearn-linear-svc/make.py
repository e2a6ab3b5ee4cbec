#!/usr/bin/env python3
"""Linear support vector machine."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.svm import LinearSVC

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", LinearSVC(random_state=1))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
