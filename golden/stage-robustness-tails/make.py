"""Writes expected.json: clusters, distances from the centre, and the metric on part of the rows.

- clusters: Lloyd's iterations from given centres, `sklearn.cluster.KMeans`;
- distances: squared distances from the centre of factor analysis of mixed data, from `sklearn.preprocessing.StandardScaler` and
  indicators by pandas;
- metrics: `accuracy_score` and `roc_auc_score` of the rows named, and 1 - mean squared error over the variance of all truths.

Run with scikit-learn, pandas and numpy installed: `python make.py`. Tests never run it.
"""
import json
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn import metrics as m
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(17)
n = 240

centres = rng.normal(size=(4, 3)) * 3
points = np.round(centres[rng.integers(0, 4, n)] + rng.normal(size=(n, 3)), 3)
start = points[[3, 50, 120, 200]]
kmeans = KMeans(n_clusters=4, init=start, n_init=1, max_iter=30, tol=0, algorithm="lloyd").fit(points)

numbers = np.round(rng.normal(size=(n, 2)) * [1, 50] + [0, 10], 3)
job = rng.choice(["a", "b", "c"], n, p=[0.6, 0.25, 0.15])
dummies = pd.get_dummies(pd.Series(job)).astype(float)
share = dummies.mean()
coordinates = np.hstack([StandardScaler().fit_transform(numbers), ((dummies - share) / np.sqrt(share)).to_numpy()])

y = rng.integers(0, 2, n)
p = np.round(1 / (1 + np.exp(-(1.5 * (y - 0.5) + rng.normal(size=n)))), 3)
value = np.round(rng.normal(size=n), 3)
predicted = np.round(value + 0.5 * rng.normal(size=n), 3)
rows = np.sort(rng.choice(n, 60, replace=False))

case = dict(
    versions={"scikit-learn": sklearn.__version__, "numpy": np.__version__, "pandas": pd.__version__},
    clusters=dict(points=points.tolist(), start=start.tolist(), labels=kmeans.labels_.tolist(), inertia=kmeans.inertia_),
    distances=dict(numbers=numbers.T.tolist(), job=job.tolist(), squared=(coordinates**2).sum(1).tolist()),
    metrics=dict(y=y.tolist(), p=p.tolist(), value=value.tolist(), predicted=predicted.tolist(), rows=rows.tolist(),
                 accuracy=m.accuracy_score(y[rows], p[rows] > 0.5), roc_auc=m.roc_auc_score(y[rows], p[rows]),
                 r2=1 - m.mean_squared_error(value[rows], predicted[rows]) / value.var()),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(case, default=float) + "\n")
