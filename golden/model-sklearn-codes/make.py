#!/usr/bin/env python3
"""Error-correcting output codes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.multiclass import OutputCodeClassifier
from sklearn.linear_model import LogisticRegression

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", OutputCodeClassifier(LogisticRegression(max_iter=300), code_size=3, random_state=1))]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data)
