#!/usr/bin/env python3
"""CatBoost at the end of a pipeline with one-hot columns and missing numbers."""
import sys

sys.path.insert(0, "..")
from sk import *

import catboost as cb

model = cb.CatBoostClassifier(depth=4, iterations=12, random_seed=1, thread_count=1, verbose=0, allow_writing_files=False)
model = Pipeline([("prep", preparation(numeric="passthrough")), ("clf", model)]).fit(TRAIN, NAMES)
record(__doc__, model, TEST, tolerance=4.5e-16, also=[cb])
