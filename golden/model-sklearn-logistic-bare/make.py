#!/usr/bin/env python3
"""Logistic regression straight on numbers, without a step that fills missing values: it refuses them."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
model = LogisticRegression(max_iter=3000).fit(TRAIN[NUMERIC].fillna(fill), NAMES)
data = TEST[NUMERIC].fillna(fill)
for bad in (np.nan, np.inf):
    broken = data.astype(float)
    broken.iloc[3, 1] = bad
    try:
        model.predict(broken)
        raise SystemExit(f"{bad} was taken")
    except ValueError as error:
        assert "contains" in str(error)
record(__doc__, model, data, tolerance=1e-12)
