#!/usr/bin/env python3
"""Gaussian naive Bayes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.naive_bayes import GaussianNB

need(sklearn, "1.9")
model = Pipeline([("prep", ordinal()), ("clf", GaussianNB())]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12, protocol=4)
