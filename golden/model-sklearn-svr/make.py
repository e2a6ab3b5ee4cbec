#!/usr/bin/env python3
"""Support vector regression."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.svm import SVR

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("reg", SVR(C=2.0))]).fit(TRAIN[:120], VALUE[:120])
data = TEST
record(__doc__, model, data, tolerance=1e-12, relative=1e-12)
