#!/usr/bin/env python3
"""Support vector machine with Platt scaling of three classes behind encoders."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.svm import SVC

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("clf", SVC(probability=True, random_state=1))]).fit(TRAIN[:90], THREE[:90])
data = TEST
record(__doc__, model, data, tolerance=1e-12)
