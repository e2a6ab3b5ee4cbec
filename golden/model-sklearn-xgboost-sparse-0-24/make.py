#!/usr/bin/env python3
"""XGBoost behind a sparse one-hot block: the zeros of the matrix are missing. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

import xgboost as xgb

need(sklearn, "0.24")
text = Pipeline([("imp", SimpleImputer(strategy="most_frequent")), ("enc", OneHotEncoder(handle_unknown="ignore"))])
prep = ColumnTransformer([("num", SimpleImputer(strategy="constant", fill_value=0), ["gain"]), ("cat", text, TEXT)], sparse_threshold=0.5)
model = xgb.XGBClassifier(n_estimators=6, max_depth=3, random_state=1)
model = Pipeline([("prep", prep), ("clf", model)]).fit(TRAIN, BINARY)
assert model[0].sparse_output_
record(__doc__, model, TEST, also=[xgb])
