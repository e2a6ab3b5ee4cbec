#!/usr/bin/env python3
"""Principal components and their like, discriminant axes and distances to cluster centres, side by side before trees."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA, FactorAnalysis, FastICA, IncrementalPCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import FeatureUnion
from sklearn.random_projection import GaussianRandomProjection

need(sklearn, "1.9")
union = FeatureUnion(
    [
        ("pca", PCA(3)),
        ("white", PCA(2, whiten=True)),
        ("steps", IncrementalPCA(2, whiten=True, batch_size=100)),
        ("svd", TruncatedSVD(2, random_state=0)),
        ("ica", FastICA(2, random_state=0)),
        ("ica_plain", FastICA(whiten=False, random_state=0, max_iter=500)),
        ("factors", FactorAnalysis(2, random_state=0)),
        ("axes", LinearDiscriminantAnalysis(n_components=1)),
        ("eigen", LinearDiscriminantAnalysis(solver="eigen")),
        ("clusters", KMeans(3, n_init=2, random_state=0)),
        ("batches", MiniBatchKMeans(2, n_init=2, random_state=0)),
        ("random", GaussianRandomProjection(2, random_state=0)),
    ]
)
prep = ColumnTransformer(
    [
        ("num", Pipeline([("imp", SimpleImputer()), ("scale", StandardScaler()), ("union", union)]), NUMERIC),
        ("text", Pipeline([("enc", OneHotEncoder(handle_unknown="ignore")), ("svd", TruncatedSVD(2, random_state=0))]), TEXT),
    ]
)
model = Pipeline([("prep", prep), ("clf", RandomForestClassifier(4, max_depth=4, random_state=0))]).fit(TRAIN, THREE)
record(__doc__, model, TEST.iloc[:30], encoded=True)
