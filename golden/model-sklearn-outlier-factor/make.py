#!/usr/bin/env python3
"""Local outlier factor on rows that it was not fitted on: outliers are -1."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.neighbors import LocalOutlierFactor

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:90], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", LocalOutlierFactor(12, novelty=True, contamination=0.2))]).fit(rows)
record(__doc__, model, data, tolerance=1e-11)
