#!/usr/bin/env python3
"""Categorical naive Bayes on codes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.naive_bayes import CategoricalNB

need(sklearn, "1.9")
codes = Pipeline([("imp", SimpleImputer(strategy="constant", fill_value="none")), ("enc", OrdinalEncoder())])
prep = ColumnTransformer([("cat", codes, TEXT)])
model = Pipeline([("prep", prep), ("clf", CategoricalNB())]).fit(TRAIN, THREE)
data = TEST
record(__doc__, model, data, tolerance=1e-12)
