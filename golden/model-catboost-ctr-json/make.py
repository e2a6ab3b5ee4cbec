#!/usr/bin/env python3
"""CatBoost JSON export with target statistics of categories together with other categories and numbers."""
import sys

sys.path.insert(0, "..")
from cat import *

kinds = ["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"]
columns = CATS + ["score"]
model = cb.CatBoostClassifier(depth=4, max_ctr_complexity=4, simple_ctr=["Counter"], combinations_ctr=kinds, **COMMON | {"iterations": 8})
model.fit(CTRAIN[columns], (PAIR > PAIR.median()).astype(int), cat_features=CATS)
record(__doc__, model, CTEST[columns], form="json", pool=cb.Pool(CTRAIN[columns], cat_features=CATS))
