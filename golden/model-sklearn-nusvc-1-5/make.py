#!/usr/bin/env python3
"""NuSVC. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.svm import NuSVC

need(sklearn, "1.5")
model = Pipeline([("prep", preparation()), ("clf", NuSVC(nu=0.3))]).fit(TRAIN[:90], BINARY[:90])
data = TEST
record(__doc__, model, data, tolerance=1e-11)
