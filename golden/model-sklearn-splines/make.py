#!/usr/bin/env python3
"""B-splines of every extrapolation, inside and beyond the knots, with a missing value as zeros, and sparse."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import Ridge
from sklearn.preprocessing import SplineTransformer

need(sklearn, "1.9")
TEST.loc[:3, "age"] = [5.0, 120.0, 18.0, 79.0]
prep = ColumnTransformer(
    [
        ("constant", SplineTransformer(4, degree=3), ["age", "hours-per-week"]),
        ("linear", SplineTransformer(4, degree=2, extrapolation="linear", include_bias=False), ["age"]),
        ("linear1", SplineTransformer(3, degree=1, extrapolation="linear"), ["age"]),
        ("continue", SplineTransformer(3, degree=2, extrapolation="continue", knots="quantile"), ["age"]),
        ("periodic", SplineTransformer(5, degree=3, extrapolation="periodic"), ["age"]),
        ("error", SplineTransformer(3, degree=2, extrapolation="error", knots=[[-1e5], [100.0], [1e7]]), ["gain"]),
        ("zeros", SplineTransformer(3, degree=0, handle_missing="zeros"), ["score"]),
        ("sparse", SplineTransformer(3, degree=2, handle_missing="zeros", sparse_output=True), ["income"]),
    ]
)
model = Pipeline([("prep", prep), ("reg", Ridge())]).fit(TRAIN, VALUE)
record(__doc__, model, TEST.iloc[:30], protocol=4, relative=1e-12, encoded=True)
