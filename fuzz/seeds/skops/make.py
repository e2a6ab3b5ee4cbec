#!/usr/bin/env python3
"""Small skops models as the files in them, which the fuzz target puts into an archive (`fuzz/files.rs`).

Needs scikit-learn and skops 0.16. The goldens are too large for a fuzzer: their schemas have 100 KB and more.
"""
import io
import json
import zipfile

import numpy as np
import scipy.sparse
import skops.io as sio
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

X = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, -1.0], [3.0, 4.0], [4.0, 0.0], [5.0, 2.0]])
Y = np.array([0, 1, 0, 1, 1, 0])
TEXT = np.array([["a", "x"], ["b", "y"], ["a", "z"], ["c", "x"], ["b", "y"], ["a", "x"]], dtype=object)

MODELS = {
    "ridge": Ridge().fit(X, Y),
    "scaled-logistic": make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y),
    "tree": DecisionTreeClassifier(max_depth=2).fit(X, Y),
    "tree-regressor": DecisionTreeRegressor(max_depth=2).fit(X, Y),
    "bayes": GaussianNB().fit(X, Y),
    "neighbours": KNeighborsClassifier(2, algorithm="brute").fit(X, Y),
    "svc": SVC().fit(X, Y),
    "encoded": make_pipeline(
        ColumnTransformer([("a", OneHotEncoder(), [0]), ("b", OrdinalEncoder(), [1])]), LogisticRegression()
    ).fit(TEXT, Y),
    "hist": HistGradientBoostingRegressor(max_iter=2, max_leaf_nodes=3, min_samples_leaf=1).fit(X, Y),
    "sparse-ridge": Ridge(solver="sparse_cg").fit(scipy.sparse.csr_matrix(X), Y),
}

for name, model in MODELS.items():
    with zipfile.ZipFile(io.BytesIO(sio.dumps(model))) as archive:
        out = b""
        for file in sorted(archive.namelist()):
            content = archive.read(file)
            if file == "schema.json":
                content = json.dumps(json.loads(content), separators=(",", ":")).encode()
            out += b"\n@@@ " + file.encode() + b"\n" + content
    with open(f"{name}.bin", "wb") as target:
        target.write(out)
    print(name, len(out))
