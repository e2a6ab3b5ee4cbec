#!/usr/bin/env python3
"""Multinomial logistic regression of two classes: one row of coefficients, margins [-d, d]. Written by scikit-learn 1.3."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression

need(sklearn, "1.3")
model = Pipeline([("prep", preparation()), ("clf", LogisticRegression(multi_class="multinomial", max_iter=300))])
record(__doc__, model.fit(TRAIN, BINARY), TEST, tolerance=1e-12)
