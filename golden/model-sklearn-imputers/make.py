#!/usr/bin/env python3
"""Missing values from neighbours and from other columns in turn, with indicators, an empty column and bounds."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.experimental import enable_iterative_imputer
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator
from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion
from sklearn.tree import DecisionTreeRegressor

need(sklearn, "1.9")
# Few rows: an imputer by neighbours keeps all of them.
train, value, data = TRAIN.iloc[:90].copy(), VALUE[:90], TEST.iloc[:30].copy()
train["none"] = np.nan
data["none"] = 1.0
data.loc[[2, 5], ["age", "income", "score"]] = np.nan
data.loc[7, ["age", "income", "score", "gain", "hours-per-week"]] = np.nan
numbers = [*NUMERIC, "none"]
tree = DecisionTreeRegressor(max_depth=2, random_state=0)
union = FeatureUnion(
    [
        ("near", KNNImputer(n_neighbors=3, add_indicator=True)),
        ("nearer", KNNImputer(n_neighbors=4, weights="distance", keep_empty_features=True)),
        ("turns", IterativeImputer(max_iter=3, random_state=0, add_indicator=True)),
        ("bounds", IterativeImputer(tree, max_iter=2, min_value=[20, 5000, 10, 0, -1, 0], max_value=60000, random_state=0, keep_empty_features=True)),
        ("none", IterativeImputer(max_iter=0)),
        ("flags", MissingIndicator(error_on_new=False)),
        ("all", MissingIndicator(features="all")),
    ]
)
model = Pipeline([("prep", ColumnTransformer([("num", union, numbers)])), ("reg", Ridge())]).fit(train, value)
record(__doc__, model, data, relative=1e-10, encoded=True)
