"""Writes expected.json: tests of two predictors on the same rows, by SciPy, statsmodels and MLstatkit.

Run with numpy, scipy, scikit-learn, statsmodels and MLstatkit installed: `python make.py`. Tests never run it.
"""
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from MLstatkit import Delong_test
from scipy import stats
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar

rng = np.random.default_rng(11)


def mcnemar_case(b, c):
    table = [[50, b], [c, 20]]
    if b + c >= 25:
        return {"b": b, "c": c, "exact": False, "p": float(mcnemar(table, exact=False, correction=False).pvalue)}
    # Fagerland, Lydersen and Laake (2013): the mid-p value.
    mass = stats.binom.pmf(min(b, c), b + c, 0.5)
    p = 1 - mass / 2 if b == c else mcnemar(table, exact=True).pvalue - mass
    return {"b": b, "c": c, "exact": True, "p": float(p)}


def placements(scores, truth):
    """The structural components of DeLong et al. (1988), pair by pair."""
    x, y = scores[truth == 1], scores[truth == 0]
    psi = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
    return psi.mean(axis=1), psi.mean(axis=0), psi.mean()


def delong_case(n, ties):
    truth = (rng.random(n) < 0.4).astype(int)
    first = truth + rng.normal(0, 1.2, n)
    second = truth + rng.normal(0, 1.0, n) + 0.3 * first
    if ties:
        first, second = first.round(), second.round()
    (a1, a0, auc_a), (b1, b0, auc_b) = placements(first, truth), placements(second, truth)
    assert abs(auc_a - roc_auc_score(truth, first)) < 1e-12
    cov = np.cov(a1, b1) / len(a1) + np.cov(a0, b0) / len(a0)
    variance = cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]
    error, difference = np.sqrt(variance), auc_b - auc_a
    p = 2 * stats.norm.sf(abs(difference / error))
    # A second opinion.
    other = Delong_test(truth, first, second)
    other = other if isinstance(other, tuple) else tuple(other)
    assert abs(other[1] - p) < 1e-6, (other, p)
    half = stats.norm.ppf(0.975) * error
    return {
        "truth": truth.tolist(), "first": first.tolist(), "second": second.tolist(),
        "difference": float(difference), "low": float(difference - half), "high": float(difference + half), "p": float(p),
    }


def kendall_case(x, y):
    return {"x": list(map(float, x)), "y": list(map(float, y)), "tau": float(stats.kendalltau(x, y).statistic)}


case = {
    "versions": {
        "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
        "MLstatkit": version("MLstatkit"),
    },
    "mcnemar": [mcnemar_case(b, c) for b, c in [(0, 1), (3, 3), (1, 8), (10, 14), (12, 12), (20, 5), (40, 41), (7, 60)]],
    "delong": [delong_case(30, False), delong_case(60, True), delong_case(200, False)],
    "kendall": [kendall_case([1, 2, 3, 4], [1, 3, 2, 4]), kendall_case([1, 1, 2, 5, 0], [2, 2, 1, 7, 0])],
}
text = json.dumps(case)
Path(__file__).with_name("expected.json").write_text(text + "\n")
