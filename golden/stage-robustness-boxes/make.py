"""Writes expected.json: distances to the other label of small gradient boostings.

- exact: the least L-inf distance over all cells of the ensemble's thresholds, each cell asked of scikit-learn's own
  `decision_function` at its point nearest to the row (thresholds are open below: the infimum is the threshold itself);
- toolbox: the lower bound of `RobustnessVerificationTreeModelsCliqueMethod` of the Adversarial Robustness Toolbox (Chen et al.
  2019), cliques of 2, 2 levels, 10 halvings from 0.3. It sums the trees alone, so that they start from 0.

Run with scikit-learn, numpy and adversarial-robustness-toolbox installed: `python make.py`. Tests never run it.
"""
import itertools
import json
from pathlib import Path

import art
import numpy as np
import sklearn
from art.estimators.classification.scikitlearn import ScikitlearnGradientBoostingClassifier
from art.metrics import RobustnessVerificationTreeModelsCliqueMethod
from sklearn.ensemble import GradientBoostingClassifier

rng = np.random.default_rng(73)


def cells(model, features):
    """Ends of the cells of each feature."""
    cuts = [set() for _ in range(features)]
    for tree in model.estimators_[:, 0]:
        t = tree.tree_
        for feature, threshold in zip(t.feature, t.threshold):
            if feature >= 0:
                cuts[feature].add(float(threshold))
    return [[-np.inf, *sorted(c), np.inf] for c in cuts]


def exact(model, x, ends):
    own = model.decision_function(x[None])[0] > 0
    choices = []
    for value, e in zip(x, ends):
        of = []
        for low, high in zip(e, e[1:]):
            # The library compares in 32 bits: the next such number is beyond the threshold.
            inside = float(np.nextafter(np.float32(low), np.float32(np.inf))) if low > -np.inf else -np.inf
            while inside <= low:
                inside = float(np.nextafter(np.float32(inside), np.float32(np.inf)))
            # ... and the last one that is not.
            last = np.float32(high) if high < np.inf else np.float32(3e38)
            last = float(last if float(last) <= high else np.nextafter(last, np.float32(-np.inf)))
            at = value if low < value <= high else (inside if value <= low else last)
            of.append((at, 0.0 if low < value <= high else (low - value if value <= low else value - high)))
        choices.append(of)
    points, gaps = [], []
    for cell in itertools.product(*choices):
        points.append([c[0] for c in cell])
        gaps.append(max(c[1] for c in cell))
    turned = (model.decision_function(np.array(points)) > 0) != own
    gaps = np.array(gaps)[turned]
    return float(gaps.min()) if len(gaps) else 1e9


def case(name, trees, depth, rate):
    n, features = 400, 3
    # Numbers of 32 bits, as the library compares them.
    x = np.round(rng.random((n, features)), 3).astype(np.float32).astype(float)
    y = (x[:, 0] + 0.7 * np.sin(6 * x[:, 1]) * x[:, 2] + 0.2 * rng.normal(size=n) > 0.6).astype(int)
    model = GradientBoostingClassifier(n_estimators=trees, max_depth=depth, learning_rate=rate, random_state=0,
                                       init="zero").fit(x, y)
    rows = x[:25]
    labels = model.predict(rows)
    art_model = ScikitlearnGradientBoostingClassifier(model=model)
    toolbox = []
    for row, label in zip(rows, labels):
        verify = RobustnessVerificationTreeModelsCliqueMethod(classifier=art_model, verbose=False)
        bound, _ = verify.verify(x=row[None], y=np.eye(2)[[label]], eps_init=0.3, norm=np.inf, nb_search_steps=10,
                                 max_clique=2, max_level=2)
        toolbox.append(bound)
    ends = cells(model, features)
    dump = [dict(left=t.tree_.children_left.tolist(), right=t.tree_.children_right.tolist(),
                 feature=t.tree_.feature.tolist(), threshold=t.tree_.threshold.tolist(),
                 value=t.tree_.value[:, 0, 0].tolist()) for t in model.estimators_[:, 0]]
    return dict(name=name, rate=rate, base=0.0, trees=dump, rows=rows.tolist(), labels=labels.tolist(),
                exact=[exact(model, row, ends) for row in rows], toolbox=toolbox)


result = dict(
    versions={"scikit-learn": sklearn.__version__, "numpy": np.__version__,
              "adversarial-robustness-toolbox": art.__version__},
    cases=[case("one tree", 1, 4, 1.0), case("six trees", 6, 3, 0.5)],
)
Path(__file__).with_name("expected.json").write_text(json.dumps(result, default=float) + "\n")
