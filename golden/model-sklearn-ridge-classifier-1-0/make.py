#!/usr/bin/env python3
"""RidgeClassifier keeps its classes in a label encoder only; decision values, no probabilities. Written by scikit-learn 1.0."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import RidgeClassifier

need(sklearn, "1.0")
model = Pipeline([("prep", preparation()), ("clf", RidgeClassifier())]).fit(TRAIN, THREE)
record(__doc__, model, TEST, tolerance=1e-12)
