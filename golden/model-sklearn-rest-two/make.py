#!/usr/bin/env python3
"""One-vs-rest of two classes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", OneVsRestClassifier(GaussianNB()))]).fit(TRAIN, NAMES)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
