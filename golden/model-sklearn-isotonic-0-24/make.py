#!/usr/bin/env python3
"""Isotonic regression on one column. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.isotonic import IsotonicRegression

need(sklearn, "0.24")
model = IsotonicRegression(out_of_bounds="clip").fit(TRAIN["age"].to_numpy(), VALUE)
data = TEST[["age"]]
record(__doc__, model, data, matrix=True)
