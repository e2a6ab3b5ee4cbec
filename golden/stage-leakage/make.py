#!/usr/bin/env python3
"""Makes expected.json: predictive power scores of made-up columns by scikit-learn's trees under the same rules, their errors by
numerical derivatives, and rows that two tables share by pandas.

Run it in this folder with `pip install numpy pandas scikit-learn`.
"""
import json
import pathlib

import numpy as np
import pandas as pd
import sklearn
from sklearn.metrics import f1_score, mean_absolute_error
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(3)
N, DEPTH, LEAF, FOLDS = 320, 5, 16, 4  # a leaf holds a twentieth of the rows
FOLD = np.arange(N) % FOLDS


def naive_f1(y, w):
    """The better of always the most frequent class and a guess by class shares, whose expected F1 of a class is its share."""
    shares = np.array([w[y == c].sum() for c in np.unique(y)]) / w.sum()
    top = np.unique(y)[shares.argmax()]
    most = f1_score(y, np.full(len(y), top), average="weighted", sample_weight=w, zero_division=0)
    return max(most, float((shares**2).sum()))


def score_f1(y, predicted, w):
    model = f1_score(y, predicted, average="weighted", sample_weight=w, zero_division=0)
    naive = naive_f1(y, w)
    return (model - naive) / (1 - naive), model, naive


def score_mae(y, predicted, w, median):
    model = mean_absolute_error(y, predicted, sample_weight=w)
    naive = mean_absolute_error(y, np.full(len(y), median), sample_weight=w)
    return 1 - model / naive, model, naive


def quick_f1(y, predicted, w):
    k = y.max() + 1
    truth, said = np.bincount(y, w, k), np.bincount(predicted, w, k)
    right = np.bincount(y[y == predicted], w[y == predicted], k)
    p = truth / truth.sum()
    model = (p * 2 * right / np.maximum(truth + said, 1e-300)).sum()
    naive = max((p**2).sum(), 2 * p.max() ** 2 / (1 + p.max()))
    return (model - naive) / (1 - naive)


def quick_mae(y, predicted, w, median):
    return 1 - (w * np.abs(y - predicted)).sum() / (w * np.abs(y - median)).sum()


def case(x, y, classes, w):
    kind = DecisionTreeClassifier if classes else DecisionTreeRegressor
    tree = kind(max_depth=DEPTH, min_samples_leaf=LEAF, random_state=0)
    predicted = cross_val_predict(tree, x.reshape(-1, 1), y, cv=PredefinedSplit(FOLD), params={"sample_weight": w})
    if classes:
        of = lambda u: score_f1(y, predicted, u)
    else:
        order = np.argsort(y, kind="stable")
        median = y[order][np.searchsorted(np.cumsum(w[order]), w.sum() / 2)]
        of = lambda u: score_mae(y, predicted, u, median)
    raw, model, naive = of(w)
    # Each row's influence: a little more of its weight. The plain formula, which gives what scikit-learn gives, is fast enough.
    quick = (lambda u: quick_f1(y, predicted, u)) if classes else (lambda u: quick_mae(y, predicted, u, median))
    assert abs(quick(w) - raw) < 1e-12
    influence = []
    for i in range(N):
        h, ends = 1e-4 * w[i], []
        for sign in (1, -1):
            u = w.copy()
            u[i] += sign * h
            ends.append(quick(u))
        influence.append((ends[0] - ends[1]) / (2 * h) * w[i])
    error = float(np.sqrt((np.array(influence) ** 2).sum() * N / (N - 1)))
    return {"score": float(max(raw, 0)), "raw": float(raw), "model": float(model), "naive": float(naive), "error": error}


x = {
    "strong": rng.normal(size=N),
    "weak": rng.normal(size=N),
    "noise": rng.normal(size=N),
    "few": rng.integers(0, 4, N).astype(float),
}
noisy = x["strong"] + 0.4 * rng.normal(size=N)
targets = {
    "binary": ((noisy + 0.3 * x["weak"] > 0.5).astype(int), 2),
    "skewed": ((noisy + 0.3 * x["weak"] > 1.2).astype(int), 2),
    "multiclass": (np.digitize(noisy + 0.2 * x["few"], [-0.5, 0.4, 1.2]), 4),
    "value": (np.exp(noisy) + x["few"], 0),
}
ones, weights = np.ones(N), np.round(rng.uniform(0.5, 2.5, N), 2)
power = {
    name: {
        "y": y.tolist(),
        "classes": classes,
        "plain": {column: case(v, y, classes, ones) for column, v in x.items()},
        "weighted": {column: case(v, y, classes, weights) for column, v in x.items()},
    }
    for name, (y, classes) in targets.items()
}

# Two tables that share rows, some of them but for one cell.
m = 60
names = ["a", "b", "c", "d", "e", "f"]
table = lambda n: pd.DataFrame({c: rng.integers(0, 9, n) for c in names[:4]} | {"e": rng.choice(list("xyz"), n), "f": np.round(rng.normal(size=n), 1)})
reference, audited = table(m), table(m)
audited.loc[:6] = reference.loc[10:16].to_numpy()
audited.loc[7:11] = reference.loc[30:34].to_numpy()
audited.loc[7:9, "f"] = [99.0, 98.0, 97.0]
audited.loc[10:11, "c"] = [77, 78]
audited.loc[20] = audited.loc[21]
audited.loc[3, "b"] = np.nan
reference.loc[13, "b"] = np.nan
audited = audited.astype({c: float for c in names[:4] + ["f"]})
reference = reference.astype({c: float for c in names[:4] + ["f"]})
key = lambda t, columns: list(t[columns].astype(object).where(t[columns].notna(), "\0").itertuples(index=False, name=None))
known = set(key(reference, names))
own = [k in known for k in key(audited, names)]
near = {c: [] for c in names}
for c in names:
    rest = [n for n in names if n != c]
    others = set(key(reference, rest))
    near[c] = [i for i, k in enumerate(key(audited, rest)) if k in others and not own[i]]
expected = {
    "versions": {"numpy": np.__version__, "pandas": pd.__version__, "scikit-learn": sklearn.__version__},
    "depth": DEPTH, "folds": FOLDS, "x": {k: v.tolist() for k, v in x.items()}, "weights": weights.tolist(), "power": power,
    "tables": {
        "reference": {c: [None if pd.isna(v) else v for v in reference[c].tolist()] for c in names},
        "audited": {c: [None if pd.isna(v) else v for v in audited[c].tolist()] for c in names},
        "shared": int(sum(own)),
        "near": len({i for rows in near.values() for i in rows}),
        "near_by_feature": {c: len(rows) for c, rows in near.items() if rows},
        "repeated": int(audited.duplicated(keep=False).sum()),
    },
}
text = json.dumps(expected)
(HERE / "expected.json").write_text(text + "\n")
