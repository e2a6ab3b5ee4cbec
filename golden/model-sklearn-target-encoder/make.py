#!/usr/bin/env python3
"""Target encoding of text, numbers and missing values for three classes, with unknown categories."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import TargetEncoder

need(sklearn, "1.9")
train, data = TRAIN.copy(), TEST.iloc[:40].copy()
for frame_ in [train, data]:
    frame_["band"] = (frame_["age"] // 15).where(frame_["age"] < 70)
data.loc[0, "job"] = "pilot"
data.loc[1, "region"] = np.nan
prep = ColumnTransformer([("target", TargetEncoder(random_state=0), [*TEXT, "band"])])
model = Pipeline([("prep", prep), ("clf", LogisticRegression(max_iter=300))]).fit(train, THREE)
record(__doc__, model, data, tolerance=1e-12, encoded=True)
