#!/usr/bin/env python3
"""CatBoost with three classes, trees grown by level, one-hot categories: text, whole numbers, truth values."""
import sys

sys.path.insert(0, "..")
from cat import *

model = cb.CatBoostClassifier(depth=4, grow_policy="Depthwise", one_hot_max_size=20, loss_function="MultiClass", **COMMON)
record(__doc__, model.fit(CTRAIN, THREE, cat_features=CATS), CTEST)
