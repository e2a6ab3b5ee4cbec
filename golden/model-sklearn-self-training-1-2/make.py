#!/usr/bin/env python3
"""Self-training on rows without a label. Written by scikit-learn 1.2."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import SelfTrainingClassifier

need(sklearn, "1.2")
known = np.where(np.arange(len(BINARY)) % 3 == 0, -1, BINARY)
model = Pipeline([("prep", preparation()), ("clf", SelfTrainingClassifier(LogisticRegression(max_iter=300)))]).fit(TRAIN, known)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
