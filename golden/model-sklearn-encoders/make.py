#!/usr/bin/env python3
"""One-hot encoding with a dropped category, infrequent categories, missing as a category and numbers as categories; ordinal codes with missing."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import LogisticRegression

need(sklearn, "1.9")
train, data = TRAIN.copy(), TEST.copy()
for frame_ in [train, data]:
    frame_["band"] = (frame_["age"] // 15).where(frame_["age"] < 70)
    frame_["flag"] = np.where(frame_["gain"] > 0, "yes", "no")
data.loc[0, "job"] = "pilot"
prep = ColumnTransformer(
    [
        ("infrequent", OneHotEncoder(min_frequency=0.15, handle_unknown="infrequent_if_exist", sparse_output=False), ["region", "job"]),
        ("binary", OneHotEncoder(drop="if_binary", handle_unknown="ignore"), ["flag", "band"]),
        ("first", OneHotEncoder(drop="first", max_categories=3, handle_unknown="infrequent_if_exist"), ["job"]),
        ("codes", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-2, encoded_missing_value=-1), ["job"]),
    ]
)
model = Pipeline([("prep", prep), ("clf", LogisticRegression(max_iter=300))]).fit(train, BINARY)
record(__doc__, model, data, tolerance=1e-12)
