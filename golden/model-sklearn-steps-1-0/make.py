#!/usr/bin/env python3
"""Bins lifted over their edges, powers, components, neighbours, weights of words, splines. Written by scikit-learn 1.0."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.decomposition import PCA
from sklearn.experimental import enable_iterative_imputer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectFromModel
from sklearn.impute import IterativeImputer, KNNImputer
from sklearn.linear_model import Lasso, Ridge
from sklearn.preprocessing import KBinsDiscretizer, PolynomialFeatures, PowerTransformer, QuantileTransformer, SplineTransformer

need(sklearn, "1.0")
train, data, value = TRAIN.iloc[:100].copy(), TEST.iloc[:30].copy(), VALUE[:100]
for frame_ in [train, data]:
    frame_["note"] = frame_["region"] + " " + frame_["job"].fillna("none") + " of the " + frame_["region"]
    # On the edges of the bins.
    frame_["step"] = np.arange(len(frame_)) % 9 / 2.0
chain = lambda *steps: Pipeline([(str(i), step) for i, step in enumerate(steps)])
prep = ColumnTransformer(
    [
        ("bins", KBinsDiscretizer(4, encode="ordinal", strategy="uniform"), ["step", "age"]),
        ("onehot", KBinsDiscretizer(3, strategy="quantile"), ["step"]),
        ("power", PowerTransformer(), ["gain", "score"]),
        ("quantile", QuantileTransformer(n_quantiles=9, output_distribution="normal", random_state=0), ["income"]),
        ("pca", chain(SimpleImputer(), StandardScaler(), PCA(2, whiten=True), PolynomialFeatures(2)), NUMERIC),
        ("near", KNNImputer(n_neighbors=3), ["age", "score", "hours-per-week"]),
        ("turns", IterativeImputer(max_iter=2, random_state=0), ["age", "score", "hours-per-week"]),
        ("spline", SplineTransformer(3, degree=2), ["age"]),
        ("words", TfidfVectorizer(ngram_range=(1, 2), stop_words="english", max_features=12), "note"),
        ("lasso", chain(SimpleImputer(), StandardScaler(), SelectFromModel(Lasso(0.05))), NUMERIC),
    ]
)
model = Pipeline([("prep", prep), ("fill", SimpleImputer()), ("reg", Ridge())]).fit(train, value)
record(__doc__, model, data, relative=1e-11, encoded=True)
