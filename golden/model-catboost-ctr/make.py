#!/usr/bin/env python3
"""CatBoost with target statistics of single categories, of every kind that a processor trains."""
import sys

sys.path.insert(0, "..")
from cat import *

kinds = ["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"]
model = cb.CatBoostClassifier(depth=5, max_ctr_complexity=1, simple_ctr=kinds, **COMMON)
record(__doc__, model.fit(CTRAIN[CATS + ["score"]], PAIR > PAIR.median(), cat_features=CATS), CTEST[CATS + ["score"]])
