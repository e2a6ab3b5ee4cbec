#!/usr/bin/env python3
"""A dictionary with a model, an encoder and a list of columns; a numpy function as a step."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
prep = ColumnTransformer([("log", FunctionTransformer(np.log1p), ["gain"]), ("num", SimpleImputer(), ["age", "score"])])
model = Pipeline([("prep", prep), ("clf", DecisionTreeClassifier(max_depth=3))]).fit(TRAIN, BINARY)
bundle = {"model": model, "encoder": StandardScaler().fit(TRAIN[["age"]]), "columns": NUMERIC}
record(__doc__, model, TEST, bundle=bundle, protocol=4)
