#!/usr/bin/env python3
"""Pickled CatBoost classifier on raw columns with truth values as classes."""
import sys

sys.path.insert(0, "..")
from cat import *

model = cb.CatBoostClassifier(depth=4, one_hot_max_size=20, **COMMON)
record(__doc__, model.fit(CTRAIN, BINARY == 1, cat_features=CATS), CTEST, form="pickle")
