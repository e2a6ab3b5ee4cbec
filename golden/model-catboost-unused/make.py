#!/usr/bin/env python3
"""A CatBoost regression none of whose trees asks for a category: the text columns are still its inputs."""
import sys

sys.path.insert(0, "..")
from cat import *

data = CTRAIN.copy()
for name in CATS:
    data[name] = "same" if name in TEXT else data[name]
model = cb.CatBoostRegressor(**{**COMMON, "iterations": 4, "depth": 2, "grow_policy": "Depthwise"}, cat_features=TEXT)
model.fit(data[NUMERIC + TEXT], CTRAIN["age"] + CTRAIN["score"].fillna(0))
record(__doc__, model, CTEST[NUMERIC + TEXT], form="json", pool=cb.Pool(data[NUMERIC + TEXT], cat_features=TEXT))
