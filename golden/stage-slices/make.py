"""Writes expected.json: the top slices of the package sliceline on binned data, and Welch's test by SciPy.

Run with sliceline, scipy, scikit-learn and numpy installed: `python make.py`. Tests never run it.
"""
import importlib.metadata
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.tree import DecisionTreeRegressor
from sliceline import Slicefinder

rng = np.random.default_rng(5)


def case(name, x, e, k, support, alpha=0.95, predicates=3):
    finder = Slicefinder(alpha=alpha, k=k, max_l=predicates, min_sup=support, verbose=False).fit(x, e)
    top = []
    for slice_, s in zip(finder.top_slices_, finder.top_slices_statistics_):
        conditions = [[f, int(v)] for f, v in enumerate(slice_) if v is not None]
        top.append(dict(conditions=conditions, score=float(s["slice_score"]), size=int(s["slice_size"]),
                        error=float(s["sum_slice_error"]), largest=float(s["max_slice_error"])))
    return dict(name=name, codes=x.T.tolist(), losses=np.asarray(e).tolist(), k=k, support=support, alpha=alpha,
                predicates=predicates, top=top)


def cases():
    out = []
    n = 700
    x = np.column_stack([rng.integers(0, b, n) for b in (3, 4, 2, 5)])
    p = 0.12 + 0.5 * ((x[:, 0] == 1) & (x[:, 1] == 2)) + 0.25 * ((x[:, 2] == 1) & (x[:, 3] == 0))
    out.append(case("errors", x, (rng.random(n) < p).astype(float), 12, 20))
    n = 900
    x = np.column_stack([rng.integers(0, b, n) for b in (4, 3, 3, 2, 4)])
    e = np.round(rng.exponential(1 + 5 * ((x[:, 0] == 0) & (x[:, 2] == 2)) + 2 * (x[:, 4] == 3)), 4)
    out.append(case("losses", x, e, 15, 25, alpha=0.97))
    out.append(case("pairs, another weight", x, e, 10, 40, alpha=0.92, predicates=2))
    n = 500
    x = np.column_stack([rng.integers(0, 3, n) for _ in range(6)])
    out.append(case("noise", x, np.round(rng.gamma(0.5, 2, n), 4), 20, 32, alpha=0.99))
    return out


def welch():
    out = []
    for na, nb in ((12, 40), (300, 90)):
        a, b = np.round(rng.exponential(2, na), 3), np.round(rng.exponential(1.5, nb), 3)
        t = stats.ttest_ind(a, b, equal_var=False)
        ci = t.confidence_interval()
        out.append(dict(a=a.tolist(), b=b.tolist(), p=float(t.pvalue), difference=float(a.mean() - b.mean()), low=float(ci.low), high=float(ci.high)))
    return out


def tree():
    n = 600
    x = np.column_stack([rng.integers(0, b, n) for b in (6, 4, 8)])
    y = np.round(rng.exponential(1 + (x[:, 0] > 3) * (1 + (x[:, 2] > 5)) + 0.5 * (x[:, 1] == 0)), 4)
    fitted = DecisionTreeRegressor(max_depth=3, min_samples_leaf=20, random_state=0).fit(x, y)
    return dict(codes=x.T.tolist(), y=y.tolist(), predicted=fitted.predict(x).tolist(), leaves=int(fitted.get_n_leaves()))


out = dict(
    versions={"sliceline": importlib.metadata.version("sliceline"), "scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "numpy": np.__version__},
    slices=cases(), welch=welch(), tree=tree(),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(out) + "\n")
