#!/usr/bin/env python3
"""Makes expected.json: small forests and their SHAP values by the reference libraries.

Each case holds the forest node by node (splits as `x <= threshold`, covers, leaf values), some rows, and what the
library answers for them: base value and SHAP values, all on the margin scale. Run it with
`pip install numpy pandas scikit-learn xgboost lightgbm shap` and write the output next to this file.
"""
import json
import pathlib

import lightgbm as lgb
import numpy as np
import pandas as pd
import shap
import sklearn
import xgboost as xgb
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier

from forests import hist_trees, lgb_trees, sklearn_tree, xgb_trees

RNG = np.random.default_rng(20)
N, F = 400, 6
X = np.round(RNG.normal(size=(N, F)), 2)
X[:, 5] = RNG.integers(0, 6, N)
SIGNAL = 1.5 * X[:, 0] - X[:, 1] * X[:, 2] + np.isin(X[:, 5], [1, 4]) * 1.2 + 0.3 * RNG.normal(size=N)
BINARY = (SIGNAL > 0).astype(int)
THREE = np.digitize(SIGNAL, [-0.8, 0.8])
GAPS = X.copy()
GAPS[RNG.random((N, F)) < 0.1] = np.nan
ROWS = np.r_[0:12]


def case(name, trees, x, phi, base, **more):
    """phi: [outputs][rows][features]."""
    cells = [[None if np.isnan(v) else float(v) for v in row] for row in x[ROWS]]
    return {"name": name, "x": cells, "phi": np.asarray(phi, float).tolist(), "base": np.asarray(base, float).tolist(), "trees": trees} | more


cases = []

rf = RandomForestClassifier(n_estimators=5, max_depth=6, random_state=0).fit(X, THREE)
ex = shap.TreeExplainer(rf, feature_perturbation="tree_path_dependent")
phi = np.moveaxis(np.asarray(ex.shap_values(X[ROWS].astype(np.float32).astype(float))), 2, 0)
cases.append(case("shap TreeExplainer, scikit-learn random forest, 3 classes", [sklearn_tree(t.tree_, True) for t in rf.estimators_], X, phi, ex.expected_value, cast="f32", sum="mean", tolerance=1e-12))

gb = GradientBoostingRegressor(n_estimators=8, max_depth=4, random_state=0).fit(X, SIGNAL)
ex = shap.TreeExplainer(gb, feature_perturbation="tree_path_dependent")
cases.append(case("shap TreeExplainer, scikit-learn gradient boosting", [sklearn_tree(t[0].tree_, weight=gb.learning_rate) for t in gb.estimators_], X, [ex.shap_values(X[ROWS])], np.ravel(ex.expected_value), start=[float(gb.init_.constant_.ravel()[0])], cast="f32", sum="f64", tolerance=1e-10))

hg = HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=12, random_state=0, early_stopping=False).fit(GAPS, BINARY)
ex = shap.TreeExplainer(hg, feature_perturbation="tree_path_dependent")
cases.append(case("shap TreeExplainer, HistGradientBoosting with missing values", hist_trees(hg), GAPS, [ex.shap_values(GAPS[ROWS])], np.ravel(ex.expected_value), start=np.ravel(hg._baseline_prediction).tolist(), cast="f64", sum="f64", tolerance=1e-10))

frame = pd.DataFrame(GAPS, columns=[f"f{i}" for i in range(F)])
frame["f5"] = pd.Categorical(frame["f5"], categories=range(6))
cut = frame.iloc[ROWS]
xm = xgb.XGBClassifier(n_estimators=8, max_depth=5, enable_categorical=True, max_cat_to_onehot=1, tree_method="hist", min_child_weight=0, random_state=0).fit(frame, BINARY)
contrib = xm.get_booster().predict(xgb.DMatrix(cut, enable_categorical=True), pred_contribs=True)
start = float(json.loads(json.loads(xm.get_booster().save_config())["learner"]["learner_model_param"]["base_score"])[0])
cases.append(case("xgboost pred_contribs, missing values and categories", xgb_trees(xm.get_booster()), GAPS, [contrib[:, :-1]], [contrib[0, -1]], start=[float(np.log(start / (1 - start)))], cast="f32", sum="f32", tolerance=2e-6))

x3 = xgb.XGBClassifier(n_estimators=4, max_depth=4, random_state=0).fit(X, THREE)
contrib = x3.get_booster().predict(xgb.DMatrix(X[ROWS]), pred_contribs=True)
scores = json.loads(json.loads(x3.get_booster().save_config())["learner"]["learner_model_param"]["base_score"])
cases.append(case("xgboost pred_contribs, 3 classes", xgb_trees(x3.get_booster()), X, np.moveaxis(contrib, 1, 0)[:, :, :-1], contrib[0, :, -1], start=list(np.broadcast_to(scores, 3).astype(float)), per_class=3, cast="f32", sum="f32", tolerance=2e-6))

lm = lgb.LGBMClassifier(n_estimators=8, num_leaves=12, min_child_samples=5, min_data_per_group=5, cat_smooth=1, max_cat_to_onehot=1, random_state=0, verbose=-1).fit(frame, BINARY)
contrib = lm.predict(cut, pred_contrib=True)
cases.append(case("lightgbm pred_contrib, missing values and categories", lgb_trees(lm.booster_), GAPS, [contrib[:, :-1]], [contrib[0, -1]], start=[0.0], cast="f64", sum="f64", tolerance=1e-10))

l3 = lgb.LGBMClassifier(n_estimators=4, num_leaves=10, random_state=0, verbose=-1).fit(GAPS, THREE)
contrib = l3.predict(GAPS[ROWS], pred_contrib=True).reshape(len(ROWS), 3, F + 1)
cases.append(case("lightgbm pred_contrib, 3 classes", lgb_trees(l3.booster_), GAPS, np.moveaxis(contrib, 1, 0)[:, :, :-1], contrib[0, :, -1], start=[0.0] * 3, per_class=3, cast="f64", sum="f64", tolerance=1e-10))

versions = {m.__name__: m.__version__ for m in (np, sklearn, xgb, lgb, shap)}
out = pathlib.Path(__file__).with_name("expected.json")
out.write_text(json.dumps({"versions": versions, "cases": cases}, separators=(",", ":")).replace('},{"name"', '},\n{"name"') + "\n")
print(out, out.stat().st_size, "bytes", versions)
for c in cases:
    print(c["name"], len(c["trees"]), "trees", sum(map(len, c["trees"])), "nodes, categories:", any("categories" in n for t in c["trees"] for n in t))
