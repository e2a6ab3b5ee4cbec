#!/usr/bin/env python3
"""Linear discriminant of two classes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"))]).fit(TRAIN, BINARY)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
