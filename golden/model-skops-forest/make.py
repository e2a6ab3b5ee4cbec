#!/usr/bin/env python3
"""skops file of a pipeline with imputed, scaled and one-hot columns and a forest."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import RandomForestClassifier

model = Pipeline([("prep", preparation()), ("clf", RandomForestClassifier(4, max_depth=4, random_state=1))]).fit(TRAIN, NAMES)
record(__doc__, model, TEST, skops=True)
