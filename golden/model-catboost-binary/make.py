#!/usr/bin/env python3
"""CatBoost binary file, numbers only, missing values below every border (nan_mode Min) and in a column that had none."""
import sys

sys.path.insert(0, "..")
from cat import *

model = cb.CatBoostClassifier(depth=5, **COMMON).fit(coded(TRAIN), np.where(BINARY == 1, "good", "bad"))
test = coded(TEST)
test.loc[5:9, "age"] = np.nan
record(__doc__, model, test)
