#!/usr/bin/env python3
"""Pipeline of imputers, scaler and one-hot encoder before a logistic regression; an unknown category is a row of zeros. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression

need(sklearn, "0.24")
model = Pipeline([("prep", preparation()), ("clf", LogisticRegression(max_iter=300))]).fit(TRAIN, NAMES)
data = TEST.copy()
data.loc[0, "region"] = "centre"
record(__doc__, model, data, tolerance=1e-12)
