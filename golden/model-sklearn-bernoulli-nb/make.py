#!/usr/bin/env python3
"""Bernoulli naive Bayes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.naive_bayes import BernoulliNB

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", BernoulliNB(binarize=0.1))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
