"""Makes expected.json: accumulated local effects, ICE curves and H-statistics of a small forest.

ALE of a feature with few values by PyALE; of continuous features by the formula of Apley and Zhu (2020, equations 15 and 16)
written out in NumPy, at the quantiles of type 1 that the engine takes. ICE and partial dependence by scikit-learn, and the
H-statistic of Friedman and Popescu (2008, equation 44) from scikit-learn's partial dependence at the rows themselves.
Run with the versions of golden/requirements.txt: `python make.py`. Tests never run it.
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd
import sklearn
from PyALE import ale
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.inspection import partial_dependence

sys.path.insert(0, "../stage-explain")
from forests import sklearn_tree

RNG = np.random.default_rng(22)
N, F, BINS = 48, 4, 10
X = np.round(RNG.normal(size=(N, F)), 2)
X[:, 1] = np.round(0.7 * X[:, 0] + X[:, 1], 2)
X[:, 3] = RNG.integers(0, 6, N)
X = X.astype(np.float32).astype(float)
Y = 1.5 * X[:, 0] - X[:, 1] * X[:, 2] + 0.4 * X[:, 3] + 0.1 * RNG.normal(size=N)
model = GradientBoostingRegressor(n_estimators=40, max_depth=3, learning_rate=0.2, random_state=0).fit(X, Y)
NAMES = ["a", "b", "c", "d"]


def written_out(j):
    """Edges, effects at the edges, rows of each bin."""
    v = np.sort(X[:, j])
    edges = np.unique([v[0]] + [v[int(np.ceil(N * k / BINS)) - 1] for k in range(1, BINS + 1)])
    bins = np.maximum(np.searchsorted(edges, X[:, j], side="left"), 1) - 1
    low, high = X.copy(), X.copy()
    low[:, j], high[:, j] = edges[bins], edges[bins + 1]
    change = model.predict(high) - model.predict(low)
    counts = np.bincount(bins, minlength=len(edges) - 1)
    local = np.bincount(bins, change, minlength=len(edges) - 1) / counts
    effect = np.r_[0.0, np.cumsum(local)]
    effect -= np.sum((effect[:-1] + effect[1:]) / 2 * counts) / N
    return dict(at=edges.tolist(), effect=effect.tolist(), counts=counts.tolist(), by="formula")


def of_pyale(j):
    frame = pd.DataFrame(X, columns=NAMES)

    class Named:
        def predict(self, x):
            return model.predict(x[NAMES].to_numpy())

    got = ale(X=frame, model=Named(), feature=[NAMES[j]], feature_type="continuous", grid_size=200, include_CI=False, plot=False)
    return dict(at=got.index.to_list(), effect=got["eff"].to_list(), counts=got["size"].iloc[1:].astype(int).to_list(), by="PyALE")


def dependence(features):
    """Partial dependence at the rows' own values, centred."""
    grids = {j: np.unique(X[:, j]) for j in features}
    average = partial_dependence(model, X, features, custom_values=grids, method="brute", kind="average")["average"][0]
    at = tuple(np.searchsorted(grids[j], X[:, j]) for j in features)
    return average[at] - average[at].mean()


def h(j, k):
    joint, one, other = dependence([j, k]), dependence([j]), dependence([k])
    rest = np.sum((joint - one - other) ** 2)
    return dict(pair=[NAMES[j], NAMES[k]], h=float(np.sqrt(rest / np.sum(joint**2))), sd=float(np.sqrt(rest / N)))


grid = np.unique(X[:, 3])
ice = partial_dependence(model, X, [3], custom_values={3: grid}, method="brute", kind="both")
curves = ice["individual"][0]
case = dict(
    versions={"scikit-learn": sklearn.__version__, "numpy": np.__version__, "PyALE": "1.2.0"},
    x=X.tolist(), y=Y.tolist(), bins=BINS,
    trees=[sklearn_tree(t[0].tree_, weight=model.learning_rate) for t in model.estimators_],
    start=[float(model.init_.constant_.ravel()[0])],
    ale={"a": written_out(0), "b": written_out(1), "c": written_out(2), "d": of_pyale(3)},
    ice=(curves - curves[:, :1]).tolist(),
    dependence=ice["average"][0].tolist(),
    h=[h(j, k) for j in range(F) for k in range(j + 1, F)],
)
out = pathlib.Path(__file__).with_name("expected.json")
out.write_text(json.dumps(case, separators=(",", ":")) + "\n")
print(out, out.stat().st_size, "bytes", case["versions"])
