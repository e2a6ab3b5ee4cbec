#!/usr/bin/env python3
"""One-vs-rest logistic regression of three classes (parameter multi_class, gone since 1.8), protocol 2. Written by scikit-learn 1.0."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression

need(sklearn, "1.0")
model = Pipeline([("prep", preparation()), ("clf", LogisticRegression(multi_class="ovr", max_iter=300))]).fit(TRAIN, THREE)
record(__doc__, model, TEST, protocol=2, tolerance=1e-12)
