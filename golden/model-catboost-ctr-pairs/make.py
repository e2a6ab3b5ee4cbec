#!/usr/bin/env python3
"""CatBoost with target statistics of categories together with other categories, numbers and one-hot categories."""
import sys

sys.path.insert(0, "..")
from cat import *

kinds = ["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"]
model = cb.CatBoostClassifier(depth=6, max_ctr_complexity=4, simple_ctr=["Counter"], combinations_ctr=kinds, **COMMON | {"iterations": 10})
columns = CATS + ["score"]
record(__doc__, model.fit(CTRAIN[columns], (PAIR > PAIR.median()).astype(int), cat_features=CATS), CTEST[columns])
