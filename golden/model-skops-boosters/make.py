#!/usr/bin/env python3
"""skops file of a search over an XGBoost pipeline: bytes of a booster and a sparse matrix on the way to it."""
import sys

sys.path.insert(0, "..")
from sk import *

import xgboost as xgb
from sklearn.model_selection import GridSearchCV

clf = xgb.XGBClassifier(n_estimators=5, max_depth=2, n_jobs=1)
model = Pipeline([("prep", preparation()), ("clf", clf)])
record(__doc__, GridSearchCV(model, {"clf__max_depth": [2]}, cv=2).fit(TRAIN, BINARY), TEST, skops=True, also=[xgb])
