#!/usr/bin/env python3
"""Ridge regression behind robust and largest-value scalers in a union, with weights."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import MaxAbsScaler, RobustScaler

need(sklearn, "1.9")
union = FeatureUnion([("robust", RobustScaler()), ("largest", MaxAbsScaler())], transformer_weights={"largest": 0.5})
prep = ColumnTransformer([("num", Pipeline([("imp", SimpleImputer()), ("both", union)]), NUMERIC)])
model = Pipeline([("prep", prep), ("reg", Ridge(alpha=0.5))]).fit(TRAIN, VALUE)
record(__doc__, model, TEST, relative=1e-12)
