"""Writes expected.json: conformal sets and intervals of synthetic predictions by MAPIE, scikit-learn, SciPy and numpy.

MAPIE makes the LAC sets and the intervals of constant width; its own randomised APS draws uniforms that cannot be given, so
those sets, and the normalised intervals, follow the papers in a few lines of numpy. Run with mapie, scikit-learn, scipy and
numpy installed: `python make.py`. Tests never run it.
"""
import json
from pathlib import Path

import mapie
import numpy as np
import scipy
import sklearn
from mapie.classification import SplitConformalClassifier
from mapie.regression import SplitConformalRegressor
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.tree import DecisionTreeRegressor

rng = np.random.default_rng(11)
TARGET = 0.9


class Stored(ClassifierMixin, BaseEstimator):
    """Answers rows, which are their own numbers, with stored probabilities."""

    def __init__(self, p=None):
        self.p = p

    def fit(self, X, y):
        self.classes_ = np.arange(self.p.shape[1])
        self.n_features_in_ = 1
        self.is_fitted_ = True
        return self

    def predict_proba(self, X):
        return self.p[np.asarray(X)[:, 0].astype(int)]

    def predict(self, X):
        return self.predict_proba(X).argmax(1)


class StoredValue(RegressorMixin, BaseEstimator):
    def __init__(self, v=None):
        self.v = v

    def fit(self, X, y):
        self.n_features_in_ = 1
        self.is_fitted_ = True
        return self

    def predict(self, X):
        return self.v[np.asarray(X)[:, 0].astype(int)]


def threshold(scores):
    n = len(scores)
    k = int(np.ceil((n + 1) * TARGET - 1e-9))
    return float(np.sort(scores)[k - 1]), k, n


def law(k, n, m):
    return stats.betabinom(m, k, n + 1 - k)


def t_interval(v):
    if np.ptp(v) == 0:
        # SciPy has no interval without spread.
        return 3 * [float(v[0])]
    return [float(v.mean()), *map(float, stats.t.interval(0.95, len(v) - 1, v.mean(), stats.sem(v)))]


def summary(covered, size, q, k, n, masks, own):
    """Coverage of all test rows and of groups, with the common threshold and with the group's own (`own[i]`)."""
    d = law(k, n, len(covered))
    groups, p_common, p_own = [], [], []
    for mask, (own_covered, own_size, oq, ok, on) in zip(masks, own):
        m = int(mask.sum())
        p_common.append(float(law(k, n, m).cdf(covered[mask].sum())))
        p_own.append(float(law(ok, on, m).cdf(own_covered.sum())))
        groups.append(dict(n=m, coverage=float(covered[mask].mean()), size=t_interval(size[mask]),
                           own_threshold=oq, own_coverage=float(own_covered.mean()), own_size=float(own_size.mean())))
    for g, p, o in zip(groups, stats.false_discovery_control(p_common), stats.false_discovery_control(p_own)):
        g["p"], g["own_p"] = float(p), float(o)
    return dict(threshold=q, coverage=float(covered.mean()), size=t_interval(size), a=k, b=n + 1 - k,
                low=float(d.ppf(0.025)) / len(covered), high=float(d.ppf(0.975)) / len(covered),
                p=float(d.cdf(covered.sum())), groups=groups)


def classification():
    n, k = 320, 4
    y = rng.choice(k, n, p=[0.4, 0.3, 0.2, 0.1])
    logits = 1.2 * rng.normal(size=(n, k)) + 1.6 * np.eye(k)[y]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    u = rng.random(n)
    g = rng.choice(["a", "b"], n, p=[0.7, 0.3])
    order = rng.permutation(n)
    cal, test = np.sort(order[:160]), np.sort(order[160:])

    rank = np.argsort(-p, axis=1, kind="stable")
    sorted_p = np.take_along_axis(p, rank, 1)
    before = np.concatenate([np.zeros((n, 1)), np.cumsum(sorted_p, 1)[:, :-1]], 1)
    aps = np.empty_like(p)
    np.put_along_axis(aps, rank, before + u[:, None] * sorted_p, 1)
    out = {}
    names = [g == "a", g == "b"] + [y == c for c in range(k)]
    for name, s in (("lac", 1 - p), ("aps", aps)):
        truth = s[np.arange(n), y]
        q, place, rows = threshold(truth[cal])
        sets = s[test] <= q
        covered = truth[test] <= q
        own = []
        for mask in names:
            oq, ok, on = threshold(truth[cal][mask[cal]])
            inside = mask[test]
            own.append((truth[test][inside] <= oq, (s[test][inside] <= oq).sum(1), oq, ok, on))
        out[name] = summary(covered, sets.sum(1), q, place, rows, [m[test] for m in names], own)
        out[name]["singletons"] = float((sets.sum(1) == 1).mean())
        out[name]["empty"] = float((sets.sum(1) == 0).mean())
        if name == "lac":
            X = np.arange(n)[:, None]
            model = Stored(p).fit(X, y)
            m = SplitConformalClassifier(model, confidence_level=TARGET, conformity_score="lac", prefit=True)
            m.conformalize(X[cal], y[cal])
            _, theirs = m.predict_set(X[test])
            assert np.array_equal(theirs[:, :, 0], sets), "MAPIE makes the same sets"
    return dict(y=y.tolist(), p=p.tolist(), u=u.tolist(), g="".join(g), calibration=cal.tolist(), test=test.tolist(), **out)


def regression():
    n = 480
    x = np.round(rng.uniform(0, 10, n), 3)
    z = np.round(rng.normal(size=n), 3)
    predicted = np.round(2 * x + z, 3)
    y = predicted + (0.3 + 0.25 * x) * rng.normal(size=n)
    g = rng.choice(["a", "b"], n, p=[0.6, 0.4])
    order = rng.permutation(n)
    scale, cal, test = np.sort(order[:120]), np.sort(order[120:240]), np.sort(order[240:])
    residual = np.abs(y - predicted)

    def codes(v):
        edges = np.unique(np.quantile(v, np.arange(1, 16) / 16))
        return np.searchsorted(edges, v)

    c = np.column_stack([codes(x), codes(z)])
    tree = DecisionTreeRegressor(max_depth=3, min_samples_leaf=20, random_state=0).fit(c[scale], residual[scale])
    sigma = tree.predict(c) + 0.01 * residual[scale].mean()
    out = {}
    masks = [g == "a", g == "b"]
    for name, s in (("normalised", sigma), ("absolute", np.ones(n))):
        truth = residual / s
        q, place, rows = threshold(truth[cal])
        own = []
        for mask in masks:
            oq, ok, on = threshold(truth[cal][mask[cal]])
            inside = mask[test]
            own.append((truth[test][inside] <= oq, 2 * oq * s[test][inside], oq, ok, on))
        out[name] = summary(truth[test] <= q, 2 * q * s[test], q, place, rows, [m[test] for m in masks], own)
        if name == "absolute":
            X = np.arange(n)[:, None]
            m = SplitConformalRegressor(StoredValue(predicted).fit(X, y), confidence_level=TARGET, prefit=True)
            m.conformalize(X[cal], y[cal])
            _, theirs = m.predict_interval(X[test])
            half = (theirs[:, 1, 0] - theirs[:, 0, 0]) / 2
            assert np.allclose(half, q), "MAPIE makes the same intervals"
    return dict(y=y.tolist(), predicted=predicted.tolist(), x=x.tolist(), z=z.tolist(), g="".join(g), leaves=int(tree.get_n_leaves()),
                scale=scale.tolist(), calibration=cal.tolist(), test=test.tolist(), sigma=sigma.tolist(), **out)


def beta_binomial():
    out = []
    for m, a, b in [(50, 91, 10), (200, 181, 20), (8000, 7327, 815), (40, 9, 1), (5, 0.7, 3.2)]:
        d = stats.betabinom(m, a, b)
        ks = sorted({0, m, *(int(d.ppf(q)) for q in (1e-6, 0.025, 0.3, 0.5, 0.9, 0.975))})
        out.append(dict(m=m, a=a, b=b, cdf=[[k, float(d.cdf(k))] for k in ks], quantiles=[[q, int(d.ppf(q))] for q in (0.025, 0.5, 0.975)]))
    return out


case = dict(
    versions={"mapie": mapie.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    target=TARGET, classification=classification(), regression=regression(), beta_binomial=beta_binomial(),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(case) + "\n")
