#!/usr/bin/env python3
"""Linear discriminant of three classes. Written by scikit-learn 0.20."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

need(sklearn, "0.20")
model = Pipeline([("prep", preparation()), ("clf", LinearDiscriminantAnalysis())]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
