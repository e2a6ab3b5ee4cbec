#!/usr/bin/env python3
"""Linear one-class machine by gradient descent."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import SGDOneClassSVM

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", SGDOneClassSVM(random_state=1))]).fit(rows)
record(__doc__, model, data, tolerance=1e-12)
