#!/usr/bin/env python3
"""Grid search around a pipeline; columns chosen by type. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression
from sklearn.compose import make_column_selector
from sklearn.model_selection import GridSearchCV

need(sklearn, "0.24")
prep = ColumnTransformer(
    [
        ("num", Pipeline([("imp", SimpleImputer()), ("scale", StandardScaler())]), make_column_selector(dtype_include="number")),
        ("cat", OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
    ]
)
model = GridSearchCV(Pipeline([("prep", prep), ("clf", LogisticRegression(max_iter=300))]), {"clf__C": [0.1, 1.0]}, cv=3)
record(__doc__, model.fit(TRAIN, BINARY), TEST, tolerance=1e-12)
