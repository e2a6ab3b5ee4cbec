"""Writes expected.json: calibration of synthetic probabilities by scikit-learn, SciPy and statsmodels.

Run with scikit-learn, scipy, statsmodels and numpy installed: `python make.py`. Tests never run it.
"""
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(7)
BINS = 15


def curve_bins(y, p, strategy):
    """Edges as calibration_curve makes them; it drops empty bins and gives no counts."""
    if strategy == "quantile":
        edges = np.percentile(p, np.linspace(0, 1, BINS + 1) * 100)
    else:
        edges = np.linspace(0, 1, BINS + 1)
    ids = np.searchsorted(edges[1:-1], p)
    observed, predicted = calibration_curve(y, p, n_bins=BINS, strategy=strategy)
    counts = np.bincount(ids, minlength=BINS)
    counts = counts[counts > 0]
    assert len(counts) == len(observed)
    return counts, observed, predicted


def score(y, p, w=None):
    counts, o, q = curve_bins(y, p, "quantile")
    wc, wo, wq = curve_bins(y, p, "uniform")
    n = len(y)
    iso = IsotonicRegression(increasing=True, out_of_bounds="clip").fit(p, y, sample_weight=w)
    r = iso.predict(p)
    mean = np.average(y, weights=w)
    brier = np.average((y - p) ** 2, weights=w)
    recal = np.average((y - r) ** 2, weights=w)
    unc = np.average((y - mean) ** 2, weights=w)
    out = dict(
        brier=brier, mcb=brier - recal, dsc=unc - recal, unc=unc,
        isotonic=[[float(a), float(iso.predict([a])[0])] for a in np.unique(p)[::7]],
    )
    if w is not None:
        return out
    z = np.sum((y - p) * (1 - 2 * p)) / np.sqrt(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))
    logit = np.log(p / (1 - p))
    fit = sm.Logit(y, sm.add_constant(logit)).fit(disp=0, tol=1e-14, maxiter=100)
    ci = fit.conf_int()
    return dict(
        out,
        ece_mass=float(np.sum(counts / n * np.abs(o - q))), ece_width=float(np.sum(wc / n * np.abs(wo - wq))),
        ece2_debiased=float(np.sum(counts / n * ((o - q) ** 2 - o * (1 - o) / (counts - 1)))),
        mce=float(np.max(np.abs(o - q))), ace=float(np.mean(np.abs(o - q))), bins=[list(map(float, t)) for t in zip(counts, q, o)],
        log_loss=m.log_loss(y, p), z=z, z_p=2 * stats.norm.sf(abs(z)),
        slope=[fit.params[1], *ci[1]], intercept=[fit.params[0], *ci[0]],
        distinct=len(np.unique(p)),
    )


def binary():
    n = 500
    x = rng.normal(size=n)
    y = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    p = np.round(1 / (1 + np.exp(-(1.6 * x + 0.3))), 3).clip(0.001, 0.999)
    w = np.round(rng.uniform(0.5, 3, n), 2)
    return dict(y=y.tolist(), p=p.tolist(), w=w.tolist(), plain=score(y, p), weighted=score(y, p, w))


def groups():
    """Three groups, one of them too small; the raw p-values are adjusted over the two others."""
    n = 430
    g = np.array(["a"] * 260 + ["b"] * 140 + ["c"] * 30)
    x = rng.normal(size=n)
    y = (rng.random(n) < 1 / (1 + np.exp(-x - 0.6 * (g == "b")))).astype(int)
    p = np.round(1 / (1 + np.exp(-1.3 * x)), 3).clip(0.001, 0.999)
    out = {v: score(y[g == v], p[g == v]) for v in "ab"}
    adjusted = multipletests([out[v]["z_p"] for v in "ab"], method="fdr_bh")[1]
    keep = ("ece_mass", "slope", "intercept", "mcb", "brier")
    return dict(y=y.tolist(), p=p.tolist(), g="".join(g),
                groups={v: dict({k: out[v][k] for k in keep}, spiegelhalter_p=a) for v, a in zip("ab", adjusted)})


def multiclass():
    n, k = 240, 3
    y = rng.choice(k, n, p=[0.5, 0.3, 0.2])
    logits = 1.5 * rng.normal(size=(n, k)) + 1.2 * np.eye(k)[y]
    p = np.round(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), 3)
    p[:, 0] += 1 - p.sum(1)
    top = p.max(1)
    hit = (p.argmax(1) == y).astype(int)

    def ece(a, b):
        c, o, q = curve_bins(a, b, "quantile")
        return float(np.sum(c / n * np.abs(o - q)))

    return dict(y=y.tolist(), p=p.tolist(), per_class=[ece((y == c).astype(int), p[:, c]) for c in range(k)],
                adaptive=float(np.mean([np.mean(np.abs(np.subtract(*curve_bins((y == c).astype(int), p[:, c], "quantile")[1:]))) for c in range(k)])),
                top_label=ece(hit, top), brier=m.brier_score_loss(y, p, scale_by_half=False))


def regression():
    n = 205
    p = np.round(rng.normal(size=n), 2)
    y = 1.1 * p + rng.normal(size=n)
    ids = np.searchsorted(np.unique(np.percentile(p, np.arange(10, 100, 10))), p)
    out = []
    for b in np.unique(ids):
        r = (y - p)[ids == b]
        ci = stats.t.interval(0.95, len(r) - 1, r.mean(), stats.sem(r))
        out.append([len(r), p[ids == b].mean(), y[ids == b].mean(), r.mean(), *ci])
    return dict(y=y.tolist(), p=p.tolist(), deciles=[list(map(float, r)) for r in out])


def clean(v):
    if isinstance(v, dict):
        return {k: clean(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [clean(x) for x in v]
    if isinstance(v, np.integer):
        return int(v)
    if isinstance(v, (float, np.floating)):
        return float(v)
    return v


case = dict(
    versions={"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
              "numpy": np.__version__},
    tolerance=dict(metric=1e-10, interval=1e-8),
    binary=binary(), multiclass=multiclass(), regression=regression(), groups=groups(),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(clean(case)) + "\n")
