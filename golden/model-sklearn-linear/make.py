#!/usr/bin/env python3
"""Linear regression behind a clipping MinMaxScaler; one column passes as it is, one is dropped."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import MinMaxScaler

need(sklearn, "1.9")
parts = [("scale", Pipeline([("imp", SimpleImputer(add_indicator=True)), ("mm", MinMaxScaler(clip=True))]), ["income", "score", "gain"])]
prep = ColumnTransformer(parts + [("as-is", "passthrough", [2]), ("no", "drop", ["region"])])
model = Pipeline([("prep", prep), ("reg", LinearRegression())]).fit(TRAIN, VALUE)
data = TEST.copy()
data.loc[0, "income"] = 1e7
record(__doc__, model, data, relative=1e-12)
