#!/usr/bin/env python3
"""Encoders of category_encoders side by side: codes, indicators, bits, counts, target means; unknown and missing cells."""
import sys

sys.path.insert(0, "..")
from sk import *

import category_encoders as ce
from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion

need(sklearn, "1.9")
need(ce, "2.11")
train, data = TRAIN.copy(), TEST.iloc[:40].copy()
data.loc[0, "job"] = "pilot"
data.loc[1, "region"] = np.nan
columns = [*TEXT, "hours-per-week"]
union = FeatureUnion(
    [
        ("ordinal", ce.OrdinalEncoder(cols=TEXT)),
        ("one_hot", ce.OneHotEncoder(cols=TEXT, use_cat_names=True)),
        ("indicator", ce.OneHotEncoder(cols=["job"], handle_unknown="indicator", handle_missing="indicator")),
        ("binary", ce.BinaryEncoder(cols=TEXT)),
        ("base3", ce.BaseNEncoder(cols=TEXT, base=3)),
        ("count", ce.CountEncoder(cols=TEXT)),
        ("share", ce.CountEncoder(cols=["region"], normalize=True, handle_unknown=-1)),
        ("target", ce.TargetEncoder(cols=TEXT)),
        ("james", ce.JamesSteinEncoder(cols=TEXT)),
        ("m", ce.MEstimateEncoder(cols=TEXT)),
    ]
)
# The encoder of codes leaves the column of region to the next step.
union.transformer_list = [(name, Pipeline([("enc", enc), ("rest", ce.OrdinalEncoder(cols=[c for c in TEXT if c not in enc.cols]))]) if len(enc.cols) < 2 else enc) for name, enc in union.transformer_list]
model = Pipeline([("prep", ColumnTransformer([("all", union, columns)])), ("reg", Ridge())]).fit(train, VALUE)
record(__doc__, model, data, protocol=4, relative=1e-12, also=[ce], encoded=True)
