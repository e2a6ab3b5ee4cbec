#!/usr/bin/env python3
"""Power and quantile transforms, bins, thresholds and functions of single columns, with missing values where they pass."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import Binarizer, FunctionTransformer, KBinsDiscretizer, MaxAbsScaler, PowerTransformer, QuantileTransformer, RobustScaler

need(sklearn, "1.9")
filled = lambda step: Pipeline([("imp", SimpleImputer()), ("step", step)])
TEST.loc[1, ["age", "hours-per-week", "score", "gain"]] = [17.0, 1e4, -40.0, 1e6]
prep = ColumnTransformer(
    [
        ("yeo", PowerTransformer(), ["score", "gain", "income"]),
        ("cox", PowerTransformer(method="box-cox", standardize=False), ["age", "income"]),
        ("uniform", QuantileTransformer(n_quantiles=20, random_state=0), ["score", "gain"]),
        ("normal", QuantileTransformer(n_quantiles=15, output_distribution="normal", random_state=0), ["hours-per-week", "income"]),
        ("bins", filled(KBinsDiscretizer(3, encode="onehot", quantile_method="averaged_inverted_cdf")), ["score"]),
        ("codes", KBinsDiscretizer([4, 2], encode="ordinal", strategy="uniform"), ["age", "hours-per-week"]),
        ("dense", KBinsDiscretizer(3, encode="onehot-dense", strategy="kmeans", random_state=0), ["age"]),
        ("above", filled(Binarizer(threshold=0.5)), ["score", "gain"]),
        ("cut", MaxAbsScaler(clip=True), ["hours-per-week"]),
        ("robust", RobustScaler(unit_variance=True), ["gain", "income"]),
        ("sine", FunctionTransformer(np.sin, validate=True), ["age"]),
    ]
)
model = Pipeline([("prep", prep), ("fill", SimpleImputer()), ("clf", LogisticRegression(max_iter=2000))]).fit(TRAIN, BINARY)
record(__doc__, model, TEST.iloc[:30], tolerance=1e-11, encoded=True)
