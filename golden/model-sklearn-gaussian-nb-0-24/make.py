#!/usr/bin/env python3
"""Gaussian naive Bayes. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.naive_bayes import GaussianNB

need(sklearn, "0.24")
model = Pipeline([("prep", ordinal()), ("clf", GaussianNB())]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
