"""Writes expected.json: intersections, classes, numbers, strata, neighbours and remedies by fairlearn, AI Fairness 360,
scikit-learn, SciPy and statsmodels.

Run with fairlearn, aif360, scikit-learn, scipy, statsmodels, pandas and numpy installed: `python make.py`. Tests never run it.
"""
import json
import warnings
from itertools import combinations
from pathlib import Path

import aif360
import fairlearn
import numpy as np
import pandas as pd
import scipy
import sklearn
import statsmodels
from aif360.sklearn.metrics import consistency_score
from aif360.sklearn.preprocessing import Reweighing
from fairlearn import metrics as fm
from fairlearn.postprocessing import ThresholdOptimizer
from scipy import stats
from sklearn import metrics as m
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neighbors import NearestNeighbors
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2
from statsmodels.stats import proportion
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

warnings.filterwarnings("ignore")
rng = np.random.default_rng(11)
LETTERS = "abcdefgh"


def equal_p(k1, n1, k2, n2):
    p = (k1 + k2) / (n1 + n2)
    if min(n1, n2) * min(p, 1 - p) >= 5:
        return float(proportion.proportions_ztest([k1, k2], [n1, n2])[1]) if 0 < p < 1 else 1.0
    return float(stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]])[1])


def same_shares(a, b):
    """Chi-squared test after the two rarest classes were put together until 5 rows are expected in every cell."""
    cells = [[x, y] for x, y in zip(a, b) if x + y > 0]
    na, nb = sum(a), sum(b)
    while len(cells) > 2:
        cells.sort(key=lambda c: (-(c[0] + c[1]), c[0]))
        if sum(cells[-1]) * min(na, nb) / (na + nb) >= 5:
            break
        last = cells.pop()
        cells[-1] = [cells[-1][0] + last[0], cells[-1][1] + last[1]]
    if len(cells) == 1:
        return 1.0
    if len(cells) == 2:
        return equal_p(cells[0][0], na, cells[0][1], nb)
    return float(stats.chi2_contingency(np.array(cells).T, correction=False).pvalue)


def intersections():
    n = 900
    g, h = rng.choice(["a", "b"], n, p=[0.6, 0.4]), rng.choice(["u", "v", "w"], n, p=[0.5, 0.3, 0.2])
    x = rng.normal(size=n) + 0.6 * ((g == "b") & (h == "v")) - 0.2 * (g == "a")
    y = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    p = np.round(1 / (1 + np.exp(-(x + 0.7 * rng.normal(size=n)))), 3)
    d = (p > 0.5).astype(int)
    both = pd.DataFrame(dict(g=g, h=h))
    sf = dict(sensitive_features=both)
    frame = fm.MetricFrame(metrics=fm.selection_rate, y_true=y, y_pred=d, **sf)
    return dict(
        y=y, p=p, g="".join(g), h="".join(h),
        selection={f"{a} × {b}": v for (a, b), v in frame.by_group.items()},
        gaps=dict(
            demographic_parity_diff=fm.demographic_parity_difference(y, d, **sf),
            disparate_impact=fm.demographic_parity_ratio(y, d, **sf),
            equal_opportunity_diff=fm.equal_opportunity_difference(y, d, **sf),
            equalized_odds_diff=fm.equalized_odds_difference(y, d, **sf),
        ),
    )


def labels():
    n = 1100
    g = rng.choice(["a", "b", "c"], n, p=[0.5, 0.4, 0.1])
    shift = np.select([g == "a", g == "b"], [0.0, 0.7], -0.4)
    y = np.clip(np.round(rng.normal(1.2 + shift, 1.0)), 0, 3).astype(int)
    d = np.clip(np.round(y + rng.normal(0.4 * shift, 0.7)), 0, 3).astype(int)
    # A fourth class that hardly occurs in one group.
    shares = lambda keep: {v: np.bincount(d[(g == v) & keep], minlength=4) for v in "abc"}
    tv = lambda a, b: 0.5 * np.abs(a / a.sum() - b / b.sum()).sum()

    def distance(keep):
        counts = {v: c for v, c in shares(keep).items() if c.sum() >= 10}
        s, t = max(combinations(counts, 2), key=lambda pair: tv(counts[pair[0]], counts[pair[1]]))
        return dict(value=tv(counts[s], counts[t]), pair=[s, t], p=same_shares(counts[s].tolist(), counts[t].tolist()))

    everyone = distance(np.ones(n, bool))
    s, t = everyone["pair"]
    one_hot = lambda v: np.eye(4)[d[g == v]]
    boot = stats.bootstrap(
        (np.arange((g == s).sum()), np.arange((g == t).sum())),
        lambda i, j: 0.5 * np.abs(one_hot(s)[i].mean(0) - one_hot(t)[j].mean(0)).sum(),
        n_resamples=4000, method="BCa", vectorized=False, rng=np.random.default_rng(5)).confidence_interval
    classes = []
    for c in range(4):
        a, b = (y == c).astype(int), (d == c).astype(int)
        frame = fm.MetricFrame(metrics=dict(selection_rate=fm.selection_rate, tpr=fm.true_positive_rate,
                                            fpr=fm.false_positive_rate), y_true=a, y_pred=b, sensitive_features=g)
        positives = {v: int(a[g == v].sum()) for v in "abc"}
        known = [v for v in "abc" if positives[v] >= 10]
        gaps = frame.difference().to_dict()
        gaps["tpr"] = frame.by_group.loc[known, "tpr"].max() - frame.by_group.loc[known, "tpr"].min()
        classes.append(dict(groups={v: frame.by_group.loc[v].to_dict() for v in "abc"}, gaps=gaps, positives=positives))
    accuracy = fm.MetricFrame(metrics=m.accuracy_score, y_true=y, y_pred=d, sensitive_features=g)
    return dict(y=y, d=d, g="".join(g), distance=everyone, distance_bootstrap=[boot.low, boot.high],
                given=[distance(y == c) for c in range(4)], classes=classes, accuracy_diff=accuracy.difference(),
                predicted={v: c for v, c in shares(np.ones(n, bool)).items()})


def values():
    n = 800
    g = rng.choice(["a", "b", "c"], n, p=[0.5, 0.35, 0.15])
    y = 50 + 10 * rng.normal(size=n) + np.select([g == "a", g == "b"], [0.0, 4.0], -3.0)
    p = y + rng.normal(size=n) * np.select([g == "a", g == "b"], [3.0, 4.0], 6.0) + np.where(g == "c", 2.0, 0.0)
    y, p = np.round(y, 2), np.round(p, 1)
    of = {v: (y[g == v], p[g == v]) for v in "abc"}
    pairs = list(combinations("abc", 2))
    sd = np.std(p, ddof=1)

    def smd(s, t):
        c = CompareMeans(DescrStatsW(of[s][1]), DescrStatsW(of[t][1]))
        pooled = c.std_meandiff_pooledvar / np.sqrt(1 / len(of[s][1]) + 1 / len(of[t][1]))
        return abs(of[s][1].mean() - of[t][1].mean()) / pooled

    def largest(measure):
        pair = max(pairs, key=lambda pair: measure(*pair))
        return measure(*pair), sorted(pair, key=lambda v: of[v][1].mean())

    ks, ks_pair = largest(lambda s, t: stats.ks_2samp(of[s][1], of[t][1]).statistic)
    w, w_pair = largest(lambda s, t: stats.wasserstein_distance(of[s][1], of[t][1]) / sd)
    d, d_pair = largest(smd)
    frame = fm.MetricFrame(
        metrics=dict(mae=m.mean_absolute_error, rmse=m.root_mean_squared_error, residual=lambda a, b: np.mean(a - b)),
        y_true=y, y_pred=p, sensitive_features=g)
    ks_p = lambda pair: stats.kstwobign.sf(stats.ks_2samp(of[pair[0]][1], of[pair[1]][1]).statistic
                                           * np.sqrt(len(of[pair[0]][1]) * len(of[pair[1]][1])
                                                     / (len(of[pair[0]][1]) + len(of[pair[1]][1]))))
    welch = lambda error, s, t: stats.ttest_ind(error(*of[s]), error(*of[t]), equal_var=False).pvalue
    ends = lambda name: (frame.by_group[name].astype(float).idxmin(), frame.by_group[name].astype(float).idxmax())
    absolute, squared, residual = (lambda a, b: np.abs(a - b)), (lambda a, b: (a - b) ** 2), (lambda a, b: a - b)
    worst = ends("mae")[1]
    rest = np.abs(y - p)[g != worst]
    error = lambda v: np.abs(of[v][0] - of[v][1])
    boot = stats.bootstrap((error(worst), error(ends("mae")[0])), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
                           n_resamples=20000, method="BCa", vectorized=True, rng=np.random.default_rng(5)).confidence_interval
    mean_ci = lambda v: list(DescrStatsW(v).tconfint_mean())
    return dict(
        y=y, p=p, g="".join(g), sd=sd, mae=m.mean_absolute_error(y, p),
        gaps=dict(prediction_ks=ks, prediction_wasserstein=w, prediction_smd=d, residual_diff=frame.difference()["residual"],
                  mae_diff=frame.difference()["mae"], rmse_diff=frame.difference()["rmse"],
                  bounded_group_loss=frame.group_max()["mae"],
                  group_loss_excess=frame.group_max()["mae"] / m.mean_absolute_error(y, p) - 1),
        pairs=dict(prediction_ks=ks_pair, prediction_wasserstein=w_pair, prediction_smd=d_pair),
        p_raw=dict(prediction_ks=ks_p(ks_pair), prediction_wasserstein=ks_p(w_pair),
                   prediction_smd=welch(lambda a, b: b, *d_pair), residual_diff=welch(residual, *ends("residual")),
                   mae_diff=welch(absolute, *ends("mae")), rmse_diff=welch(squared, *ends("rmse")),
                   group_loss_excess=stats.ttest_ind(error(worst), rest, equal_var=False).pvalue),
        mae_bootstrap=[boot.low, boot.high],
        groups={v: dict(prediction=[of[v][1].mean(), *mean_ci(of[v][1])], truth=[of[v][0].mean(), *mean_ci(of[v][0])],
                        residual=[np.mean(residual(*of[v])), *mean_ci(residual(*of[v]))],
                        mae=[error(v).mean(), *mean_ci(error(v))], rmse=frame.by_group.loc[v, "rmse"],
                        quantiles=np.quantile(of[v][1], [0.05, 0.25, 0.5, 0.75, 0.95])) for v in "abc"})


def strata():
    n = 900
    s = rng.choice(["p", "q", "r", "t"], n, p=[0.4, 0.3, 0.25, 0.05])
    g = np.where(rng.random(n) < np.select([s == "p", s == "q"], [0.7, 0.4], 0.5), "a", "b")
    rate = np.select([s == "p", s == "q", s == "r"], [0.6, 0.3, 0.5], 0.0) + np.where((g == "a") & (s == "q"), 0.15, 0.0)
    d = (rng.random(n) < rate).astype(int)
    tables = [np.array([[((g == v) & (s == k) & (d == o)).sum() for o in (1, 0)] for v in "ba"]) for k in "pqr"]
    t = StratifiedTable([x.astype(float) for x in tables])
    equal = t.test_equal_odds(adjust=True)
    crude = Table2x2(np.array([[((g == v) & (d == o)).sum() for o in (1, 0)] for v in "ba"]))
    return dict(d=d, g="".join(g), s="".join(s), common=[t.oddsratio_pooled, *t.oddsratio_pooled_confint()],
                p=t.test_null_odds().pvalue, statistic=equal.statistic, equal_p=equal.pvalue,
                crude=[crude.oddsratio, *crude.oddsratio_confint()])


def neighbours():
    n = 300
    x, z = np.round(rng.normal(size=n), 4), np.round(rng.exponential(size=n), 4)
    c = rng.choice(["k", "l", "m"], n)
    d = (x + 0.5 * (c == "k") + 0.4 * rng.normal(size=n) > 0).astype(int)
    scale = lambda v: (v - v.mean()) / v.std(ddof=1)
    space = np.column_stack([scale(x), scale(z), *[(c == k).astype(float) for k in "klm"]])
    near = NearestNeighbors(n_neighbors=5).fit(space).kneighbors(return_distance=False)
    value = 1 - np.abs(d - d[near].mean(1)).mean()
    # AI Fairness 360 counts the row among its own neighbours: of six the other five are ours.
    own = consistency_score(pd.DataFrame(space), pd.Series(d), n_neighbors=6)
    assert abs(own - (1 - np.abs(d - (5 * d[near].mean(1) + d) / 6).mean())) < 1e-9
    f = np.round(10 * x + rng.normal(size=n), 3)
    number = 1 - (np.abs(f - f[near].mean(1)) / f.std(ddof=1)).mean()
    return dict(x=x, z=z, c="".join(c), d=d, f=f, consistency=value, number=number)


class Score(ClassifierMixin, BaseEstimator):
    """The score itself as a model."""

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X):
        p = np.asarray(X).ravel()
        return np.column_stack([1 - p, p])

    def predict(self, X):
        return (np.asarray(X).ravel() > 0.5).astype(int)


def remedies():
    n = 600
    g = rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2])
    x = rng.normal(size=n) + np.select([g == "a", g == "b"], [0.5, -0.4], 0.0)
    y = (rng.random(n) < 1 / (1 + np.exp(-1.5 * x))).astype(int)
    p = np.round(1 / (1 + np.exp(-(x + 0.6 * rng.normal(size=n)))), 2)
    fit, test = np.arange(n) < n // 2, np.arange(n) >= n // 2
    X = p.reshape(-1, 1)
    out = {}
    for ours, constraint in [("demographic-parity", "demographic_parity"),
                             ("equal-opportunity", "true_positive_rate_parity"), ("equalized-odds", "equalized_odds")]:
        t = ThresholdOptimizer(estimator=Score().fit(X, y), constraints=constraint, objective="accuracy_score",
                               prefit=True, predict_method="predict_proba", grid_size=1000)
        t.fit(X[fit], y[fit], sensitive_features=g[fit])
        chosen = t._pmf_predict(X[test], sensitive_features=g[test])[:, 1]
        out[ours] = dict(selected=chosen, accuracy=np.mean(np.where(y[test] == 1, chosen, 1 - chosen)))
    frame = pd.DataFrame(index=pd.MultiIndex.from_arrays([g[fit], y[fit]], names=["g", "y"]))
    labels = pd.Series(y[fit], index=frame.index, name="y")
    _, weights = Reweighing(prot_attr="g").fit_transform(frame.assign(x=0.0), labels)
    cells = {f"{v}{k}": float(np.unique(np.round(weights[(g[fit] == v) & (y[fit] == k)], 12))[0]) for v in "abc" for k in (0, 1)}
    return dict(y=y, p=p, g="".join(g), fitted=int(fit.sum()), thresholds=out, weights=cells)


class Plain(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, np.ndarray):
            return o.tolist()
        return o.item() if hasattr(o, "item") else float(o)


case = dict(
    versions={"fairlearn": fairlearn.__version__, "aif360": aif360.__version__, "scikit-learn": sklearn.__version__,
              "scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__},
    intersections=intersections(), labels=labels(), values=values(), strata=strata(), neighbours=neighbours(),
    remedies=remedies(),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(case, cls=Plain, ensure_ascii=False) + "\n")
