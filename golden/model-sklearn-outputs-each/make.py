#!/usr/bin/env python3
"""One estimator a target; they are pipelines on raw columns."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier

need(sklearn, "1.9")
targets = np.stack([THREE, BINARY], axis=1)
model = MultiOutputClassifier(LogisticRegression(max_iter=300))
model = Pipeline([("prep", preparation()), ("clf", model)]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=0, tolerance=1e-12)
