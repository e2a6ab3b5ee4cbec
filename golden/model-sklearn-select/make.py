#!/usr/bin/env python3
"""Every selection of columns: by tests, by variance, by estimators, by importances against a threshold; RFE as the last step."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import AdaBoostClassifier, ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import *
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
logistic = LogisticRegression(max_iter=500)
union = FeatureUnion(
    [
        ("best", SelectKBest(k=3)),
        ("all", SelectKBest(k="all")),
        ("share", SelectPercentile(f_classif, percentile=40)),
        ("fpr", SelectFpr(alpha=0.01)),
        ("fdr", SelectFdr(alpha=0.01)),
        ("fwe", SelectFwe(alpha=0.01)),
        ("generic", GenericUnivariateSelect(f_classif, mode="fdr", param=0.05)),
        ("variance", VarianceThreshold(0.2)),
        ("rfe", RFE(logistic, n_features_to_select=4)),
        ("forward", SequentialFeatureSelector(DecisionTreeClassifier(max_depth=2), n_features_to_select=2, cv=2)),
        ("forest", SelectFromModel(RandomForestClassifier(5, max_depth=3, random_state=0))),
        ("extra", SelectFromModel(ExtraTreesClassifier(5, max_depth=3, random_state=0), threshold="median")),
        ("boosting", SelectFromModel(GradientBoostingClassifier(n_estimators=5, random_state=0), threshold="0.25*mean", max_features=2)),
        ("ada", SelectFromModel(AdaBoostClassifier(n_estimators=4, random_state=0), threshold=0.2)),
        ("l1", SelectFromModel(LogisticRegression(l1_ratio=1, solver="saga", C=0.02, max_iter=200))),
        ("three", SelectFromModel(LogisticRegression(max_iter=500), norm_order=2)),
    ]
)
prep = preparation()
model = Pipeline([("prep", prep), ("union", union), ("rfe", RFE(logistic, n_features_to_select=20))]).fit(TRAIN, THREE)
record(__doc__, model, TEST.iloc[:20], tolerance=1e-12)
