"""Writes expected.json: a linear model explained by shap, its partial dependence by scikit-learn, directions by SciPy.

Run with scikit-learn, shap, scipy and numpy installed: `python make.py`. Tests never run it.
"""
import json
from pathlib import Path

import numpy as np
import scipy
import shap
import sklearn
from scipy import stats
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LinearRegression, LogisticRegression

rng = np.random.default_rng(51)
n, f = 120, 4
x = np.round(rng.normal(size=(n, f)), 2)
x[:, 1] = np.round(x[:, 0] + 0.5 * x[:, 1], 2)
x[:, 3] = rng.integers(0, 5, n)
signal = 1.2 * x[:, 0] - 0.7 * x[:, 2] + 0.3 * x[:, 3] + 0.3 * rng.normal(size=n)


def explained(model, predict, y):
    """The whole table is the background; features count as independent."""
    values = shap.LinearExplainer(model, shap.maskers.Independent(x, max_samples=n)).shap_values(x)
    base = float(np.mean(x @ np.ravel(model.coef_)) + np.ravel(model.intercept_)[0])
    shapes = []
    for j in range(f):
        grid = np.unique(x[:, j])
        method = "predict_proba" if predict else "auto"
        pd = partial_dependence(model, x, [j], custom_values={j: grid}, response_method=method, method="brute", kind="average")
        shapes.append([grid.tolist(), pd["average"][0].tolist()])
    return dict(coef=np.ravel(model.coef_).tolist(), intercept=float(np.ravel(model.intercept_)[0]), y=y.tolist(), base=base,
                shap=values.tolist(), mean_abs=np.abs(values).mean(0).tolist(), mean=values.mean(0).tolist(),
                direction=[stats.spearmanr(x[:, j], values[:, j]).statistic for j in range(f)], dependence=shapes)


binary = (signal > 0.4).astype(int)
value = np.round(signal, 3)
case = dict(
    versions={"scikit-learn": sklearn.__version__, "shap": shap.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    tolerance=1e-9, x=x.tolist(),
    binary=explained(LogisticRegression().fit(x, binary), True, binary),
    regression=explained(LinearRegression().fit(x, value), False, value),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(case, default=float) + "\n")
