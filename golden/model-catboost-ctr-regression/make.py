#!/usr/bin/env python3
"""Pickled CatBoost regressor with target statistics over several borders of the target, alone and combined."""
import sys

sys.path.insert(0, "..")
from cat import *

model = cb.CatBoostRegressor(depth=4, simple_ctr=["Borders:TargetBorderCount=3", "BinarizedTargetMeanValue:TargetBorderCount=4", "Counter"], **COMMON)
record(__doc__, model.fit(CTRAIN, PAIR, cat_features=CATS), CTEST, form="pickle")
