#!/usr/bin/env python3
"""Products of columns, dense and sparse, behind rows of unit length."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import MaxAbsScaler, Normalizer, PolynomialFeatures

need(sklearn, "1.9")
text = Pipeline([("enc", OneHotEncoder(handle_unknown="ignore")), ("max", MaxAbsScaler()), ("poly", PolynomialFeatures(2, interaction_only=True, include_bias=False))])
union = FeatureUnion(
    [
        ("cubes", PolynomialFeatures(3)),
        ("pairs", PolynomialFeatures((2, 3), interaction_only=True, include_bias=False)),
        ("l1", Normalizer("l1")),
        ("l2", Normalizer()),
        ("max", Normalizer("max")),
    ]
)
numbers = Pipeline([("imp", SimpleImputer()), ("scale", StandardScaler()), ("union", union)])
prep = ColumnTransformer([("num", numbers, ["age", "income", "score"]), ("text", text, ["region"])])
model = Pipeline([("prep", prep), ("reg", Ridge())]).fit(TRAIN, VALUE)
record(__doc__, model, TEST.iloc[:20], relative=1e-12, encoded=True)
