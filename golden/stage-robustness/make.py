"""Writes expected.json: the fall of a metric and its paired interval, by scikit-learn, SciPy and NumPy.

- accuracy: the paired t interval of the rows' hits, `scipy.stats.ttest_rel`;
- ROC AUC: the paired form of DeLong et al. (1988), from explicit placements;
- R2: the infinitesimal jackknife from its definition: the derivative of scikit-learn's weighted R2 with respect to each
  row's weight, by central differences.

Run with scikit-learn, scipy and numpy installed: `python make.py`. Tests never run it.
"""
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics as m

rng = np.random.default_rng(41)
n = 150


def accuracy():
    y = rng.integers(0, 2, n)
    wrong = lambda share: np.where(rng.random(n) < share, 1 - y, y)
    base, runs = wrong(0.15), [wrong(0.3) for _ in range(3)]
    hit = lambda d: (d == y).astype(float)
    mean = np.mean([hit(r) for r in runs], axis=0)
    ci = stats.ttest_rel(hit(base), mean).confidence_interval(0.95)
    return dict(y=y.tolist(), base=base.tolist(), runs=[r.tolist() for r in runs], value=m.accuracy_score(y, base),
                drop=[m.accuracy_score(y, base) - np.mean([m.accuracy_score(y, r) for r in runs]), ci.low, ci.high])


def roc_auc():
    y = rng.integers(0, 2, n)
    base = np.round(1 / (1 + np.exp(-(1.5 * (y - 0.5) + rng.normal(size=n)))), 2)
    noisy = np.round(1 / (1 + np.exp(-(np.log(base.clip(0.01, 0.99) / (1 - base.clip(0.01, 0.99))) + rng.normal(size=n)))), 2)

    def placements(p):
        x, z = p[y == 1], p[y == 0]
        psi = (x[:, None] > z[None, :]) + 0.5 * (x[:, None] == z[None, :])
        return psi.mean(1), psi.mean(0)

    (a1, a0), (b1, b0) = placements(base), placements(noisy)
    drop = m.roc_auc_score(y, base) - m.roc_auc_score(y, noisy)
    # Influence of a row: its placement less the mean, over its class's share of the rows. The variance is that of n rows.
    influence = np.empty(n)
    influence[y == 1] = ((a1 - a1.mean()) - (b1 - b1.mean())) * n / (y == 1).sum()
    influence[y == 0] = ((a0 - a0.mean()) - (b0 - b0.mean())) * n / (y == 0).sum()
    half = stats.t.ppf(0.975, n - 1) * np.sqrt(np.sum(influence**2) / (n * (n - 1)))
    return dict(y=y.tolist(), base=base.tolist(), runs=[noisy.tolist()], value=m.roc_auc_score(y, base),
                drop=[drop, drop - half, drop + half])


def r2():
    y = np.round(rng.normal(size=n), 3)
    base, run = np.round(y + 0.4 * rng.normal(size=n), 3), np.round(y + 0.7 * rng.normal(size=n), 3)

    def influence(p):
        out = np.empty(n)
        for i in range(n):
            w = lambda e: np.where(np.arange(n) == i, 1 + e, 1.0)
            out[i] = n * (m.r2_score(y, p, sample_weight=w(1e-5)) - m.r2_score(y, p, sample_weight=w(-1e-5))) / 2e-5
        return out

    drop = m.r2_score(y, base) - m.r2_score(y, run)
    half = stats.t.ppf(0.975, n - 1) * np.sqrt(np.sum((influence(base) - influence(run)) ** 2) / (n * (n - 1)))
    return dict(y=y.tolist(), base=base.tolist(), runs=[run.tolist()], value=m.r2_score(y, base),
                drop=[drop, drop - half, drop + half])


case = dict(
    versions={"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    tolerance=dict(value=1e-10, interval=1e-7),
    accuracy=accuracy(), roc_auc=roc_auc(), r2=r2(),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(case, default=float) + "\n")
