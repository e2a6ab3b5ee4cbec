"""Writes expected.json: how far scores move, by NumPy, SciPy and statsmodels.

Run with numpy, scipy and statsmodels installed: `python make.py`. Tests never run it.
"""
import json
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import spatial, stats
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(31)
REPEATS = 4


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def t_interval(v):
    return [v.mean(), *stats.t.interval(0.95, len(v) - 1, v.mean(), stats.sem(v))]


def classification(k, n=60):
    z = rng.normal(size=(n, k))
    base = np.round(softmax(z), 4)
    runs = [np.round(softmax(z + 0.4 * rng.normal(size=(n, k))), 4) for _ in range(REPEATS)]
    # Total variation: half the city-block distance.
    shift = np.array([[0.5 * spatial.distance.cityblock(a, b) for a, b in zip(base, r)] for r in runs])
    flips = np.mean([r.argmax(1) != base.argmax(1) for r in runs])
    return dict(base=base.tolist(), runs=[r.tolist() for r in runs], flip_rate=flips,
                flip_interval=list(proportion_confint(flips * n, n, method="wilson")),
                mean_shift=t_interval(shift.mean(0)), p99=np.percentile(shift, 99))


def regression(n=80):
    base = np.round(rng.normal(10, 3, n), 3)
    runs = [np.round(base + rng.normal(0, 0.5, n), 3) for _ in range(REPEATS)]
    shift = np.abs(np.array(runs) - base) / base.std(ddof=1)
    return dict(base=[[v] for v in base], runs=[[[v] for v in r] for r in runs], mean_shift=t_interval(shift.mean(0)),
                p99=np.percentile(shift, 99))


case = dict(
    versions={"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    tolerance=1e-9,
    binary=classification(2), multiclass=classification(3), regression=regression(),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(case, default=float) + "\n")
