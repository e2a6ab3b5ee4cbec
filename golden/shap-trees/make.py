"""Makes expected.json: interventional SHAP values and SHAP interaction values of small forests by shap and XGBoost.

The interventional values of the random forest are those of the definition, written out over scikit-learn's own probabilities:
shap 0.51 differs from the definition there by up to 0.008, for a reason not found, while it agrees for boosted trees.

Each case holds the forest node by node, the rows, and where it is interventional its whole background. shap takes no more than
100 rows of a background unless it is given a masker that says otherwise; these have 130.
Run with the versions of golden/requirements.txt: `python make.py`. Tests never run it.
"""
import json
import pathlib
import sys
from math import factorial

import lightgbm as lgb
import numpy as np
import pandas as pd
import shap
import sklearn
import xgboost as xgb
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier

sys.path.insert(0, "../stage-explain")
from forests import hist_trees, lgb_trees, sklearn_tree, xgb_trees

RNG = np.random.default_rng(21)
N, F, B = 300, 6, 130
X = np.round(RNG.normal(size=(N, F)), 2)
X[:, 5] = RNG.integers(0, 6, N)
SIGNAL = 1.5 * X[:, 0] - X[:, 1] * X[:, 2] + np.isin(X[:, 5], [1, 4]) * 1.2 + 0.3 * RNG.normal(size=N)
BINARY = (SIGNAL > 0).astype(int)
THREE = np.digitize(SIGNAL, [-0.8, 0.8])
GAPS = X.copy()
GAPS[RNG.random((N, F)) < 0.1] = np.nan
# The cells are compared as 32-bit numbers by some libraries and as 64-bit numbers by others: these are the same in both.
X, GAPS = (x.astype(np.float32).astype(float) for x in (X, GAPS))
ROWS = np.r_[0:8]


def cells(x):
    return [[None if np.isnan(v) else float(v) for v in row] for row in x]


def case(name, trees, x, base, **more):
    return {"name": name, "x": cells(x[ROWS]), "base": np.asarray(base, float).tolist(), "trees": trees} | more


def interventional(model, x):
    """Values [outputs][rows][features] and expected values, against the last rows of the table, all of them."""
    masker = shap.maskers.Independent(x[-B:], max_samples=B)
    explainer = shap.TreeExplainer(model, data=masker, feature_perturbation="interventional", model_output="raw")
    values = np.asarray(explainer.shap_values(x[ROWS], check_additivity=False))
    values = values[None] if values.ndim == 2 else np.moveaxis(values, 2, 0)
    return values.tolist(), np.ravel(explainer.expected_value)


def by_definition(predict, x):
    """The same by the sum over all sets of features of mean predictions with the set taken from the explained row."""
    values, base = [], predict(x[-B:]).mean(0)
    for row in x[ROWS]:
        worth = []
        for chosen in range(2**F):
            hybrid = x[-B:].copy()
            own = [j for j in range(F) if chosen >> j & 1]
            hybrid[:, own] = row[own]
            worth.append(predict(hybrid).mean(0))
        phi = []
        for j in range(F):
            without = [s for s in range(2**F) if not s >> j & 1]
            weight = [factorial(s.bit_count()) * factorial(F - s.bit_count() - 1) / factorial(F) for s in without]
            phi.append(sum(w * (worth[s | 1 << j] - worth[s]) for w, s in zip(weight, without)))
        values.append(phi)
    return np.moveaxis(np.asarray(values), 2, 0).tolist(), base


def interacting(model, x):
    """Values [outputs][rows][features][features]."""
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_interaction_values(x[ROWS]))
    values = values[None] if values.ndim == 3 else np.moveaxis(values, 3, 0)
    return values.tolist(), np.ravel(explainer.expected_value)


rf = RandomForestClassifier(n_estimators=4, max_depth=5, random_state=0).fit(X, THREE)
rf_trees = [sklearn_tree(t.tree_, True) for t in rf.estimators_]
gb = GradientBoostingRegressor(n_estimators=6, max_depth=4, random_state=0).fit(X, SIGNAL)
gb_trees = [sklearn_tree(t[0].tree_, weight=gb.learning_rate) for t in gb.estimators_]
gb_start = [float(gb.init_.constant_.ravel()[0])]
hg = HistGradientBoostingClassifier(max_iter=6, max_leaf_nodes=10, random_state=0, early_stopping=False).fit(GAPS, BINARY)
lm = lgb.LGBMClassifier(n_estimators=6, num_leaves=10, random_state=0, verbose=-1).fit(GAPS, BINARY)

phi, base = by_definition(rf.predict_proba, X)
more = dict(cast="f32", sum="mean", tolerance=1e-12)
against = [case("definition, interventional, scikit-learn random forest, 3 classes", rf_trees, X, base, phi=phi, background=cells(X[-B:]), **more)]
for name, model, trees, x, more in [
    ("scikit-learn gradient boosting", gb, gb_trees, X, dict(start=gb_start, cast="f32", sum="f64", tolerance=1e-7)),
    ("HistGradientBoosting with missing values", hg, hist_trees(hg), GAPS,
     dict(start=np.ravel(hg._baseline_prediction).tolist(), cast="f64", sum="f64", tolerance=1e-7)),
    ("LightGBM with missing values", lm, lgb_trees(lm.booster_), GAPS, dict(start=[0.0], cast="f64", sum="f64", tolerance=1e-7)),
]:
    phi, base = interventional(model, x)
    against.append(case(f"shap, interventional, {name}", trees, x, base, phi=phi, background=cells(x[-B:]), **more))

pairs = []
for name, model, trees, more in [
    ("scikit-learn random forest, 3 classes", rf, rf_trees, dict(cast="f32", sum="mean", tolerance=1e-10)),
    ("scikit-learn gradient boosting", gb, gb_trees, dict(start=gb_start, cast="f32", sum="f64", tolerance=1e-10)),
]:
    phi, base = interacting(model, X)
    pairs.append(case(f"shap_interaction_values, {name}", trees, X, base, interactions=phi, **more))

frame = pd.DataFrame(GAPS, columns=[f"f{i}" for i in range(F)])
frame["f5"] = pd.Categorical(frame["f5"], categories=range(6))
xm = xgb.XGBClassifier(n_estimators=6, max_depth=5, enable_categorical=True, max_cat_to_onehot=1, tree_method="hist", min_child_weight=0, random_state=0).fit(frame, BINARY)
cut = xgb.DMatrix(frame.iloc[ROWS], enable_categorical=True)
square = xm.get_booster().predict(cut, pred_interactions=True)
start = float(json.loads(json.loads(xm.get_booster().save_config())["learner"]["learner_model_param"]["base_score"])[0])
pairs.append(case("xgboost pred_interactions, missing values and categories", xgb_trees(xm.get_booster()), GAPS, [square[0, -1, -1]],
                  interactions=[square[:, :-1, :-1].astype(float).tolist()], start=[float(np.log(start / (1 - start)))],
                  cast="f32", sum="f32", tolerance=4e-6))

versions = {m.__name__: m.__version__ for m in (np, sklearn, xgb, lgb, shap)}
out = pathlib.Path(__file__).with_name("expected.json")
text = json.dumps({"versions": versions, "cases": against, "pairs": pairs}, separators=(",", ":"))
out.write_text(text.replace('},{"name"', '},\n{"name"') + "\n")
print(out, out.stat().st_size, "bytes", versions)
