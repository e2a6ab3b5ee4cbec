#!/usr/bin/env python3
"""CatBoost JSON export of a regression: start value, missing values above every border (nan_mode Max)."""
import sys

sys.path.insert(0, "..")
from cat import *

model = cb.CatBoostRegressor(depth=3, nan_mode="Max", **COMMON).fit(coded(TRAIN), VALUE)
record(__doc__, model, coded(TEST), form="json")
