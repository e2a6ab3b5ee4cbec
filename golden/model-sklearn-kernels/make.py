#!/usr/bin/env python3
"""Kernels with stored rows, random waves, sparse components and topics side by side before a linear model."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.decomposition import KernelPCA, LatentDirichletAllocation, SparsePCA
from sklearn.ensemble import RandomTreesEmbedding
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import MinMaxScaler
from sklearn.random_projection import SparseRandomProjection

need(sklearn, "1.9")
union = FeatureUnion(
    [
        ("rbf", KernelPCA(2, kernel="rbf")),
        ("cosine", KernelPCA(2, kernel="cosine")),
        ("poly", Nystroem("poly", n_components=5, random_state=0)),
        ("laplacian", Nystroem("laplacian", n_components=5, random_state=0)),
        ("waves", RBFSampler(n_components=3, random_state=0)),
        ("random", SparseRandomProjection(2, random_state=0)),
        ("sparse", SparsePCA(2, random_state=0, max_iter=20)),
        ("leaves", RandomTreesEmbedding(3, max_depth=2, random_state=0)),
        ("topics", Pipeline([("scale", MinMaxScaler(clip=True)), ("lda", LatentDirichletAllocation(2, random_state=0, max_iter=2))])),
    ]
)
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:40], TEST[NUMERIC].fillna(fill)[:30]
model = Pipeline([("s", StandardScaler()), ("union", union), ("reg", Ridge())]).fit(rows, VALUE[:40])
record(__doc__, model, data, tolerance=1e-11, encoded=True)
