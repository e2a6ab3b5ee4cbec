"""Writes expected.json: fairness of synthetic decisions by fairlearn, scikit-learn, SciPy and statsmodels.

Run with fairlearn, scikit-learn, scipy, statsmodels and numpy installed: `python make.py`. Tests never run it.
"""
import json
from itertools import combinations
from pathlib import Path

import fairlearn
import numpy as np
import scipy
import sklearn
import statsmodels
from fairlearn import metrics as fm
from scipy import stats
from sklearn import metrics as m
from statsmodels.stats import proportion
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(3)


def equal_p(k1, n1, k2, n2):
    p = (k1 + k2) / (n1 + n2)
    if min(n1, n2) * min(p, 1 - p) >= 5:
        return float(proportion.proportions_ztest([k1, k2], [n1, n2])[1])
    return float(stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]])[1])


n = 700
g = rng.choice(["a", "b", "c"], n, p=[0.55, 0.35, 0.1])
x = rng.normal(size=n) + np.select([g == "a", g == "b"], [0.4, -0.3], 0.0)
y = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
p = np.round(1 / (1 + np.exp(-(x + 0.5 * rng.normal(size=n)))), 3)
d = (p > 0.5).astype(int)

rates = dict(
    selection_rate=fm.selection_rate, tpr=fm.true_positive_rate, fpr=fm.false_positive_rate,
    ppv=m.precision_score, accuracy=m.accuracy_score,
    npv=lambda a, b: m.precision_score(1 - a, 1 - b),
)
frame = fm.MetricFrame(metrics=rates, y_true=y, y_pred=d, sensitive_features=g)
groups = {}
for v in "abc":
    i = g == v
    tn, fp, fn, tp = m.confusion_matrix(y[i], d[i]).ravel()
    groups[v] = dict(
        n=int(i.sum()), counts=[int(tp), int(fp), int(fn), int(tn)], roc_auc=m.roc_auc_score(y[i], p[i]),
        calibration_gap=float(np.mean(y[i] - p[i])), **{k: float(frame.by_group[k][v]) for k in rates},
    )
sf = dict(sensitive_features=g)
gaps = dict(
    demographic_parity_diff=fm.demographic_parity_difference(y, d, **sf),
    disparate_impact=fm.demographic_parity_ratio(y, d, **sf),
    equal_opportunity_diff=fm.equal_opportunity_difference(y, d, **sf),
    predictive_equality_diff=fm.false_positive_rate_difference(y, d, **sf),
    equalized_odds_diff=fm.equalized_odds_difference(y, d, **sf),
    average_odds_diff=fm.equalized_odds_difference(y, d, agg="mean", **sf),
    predictive_parity_diff=frame.difference()["ppv"], npv_diff=frame.difference()["npv"],
    accuracy_diff=frame.difference()["accuracy"],
    balanced_accuracy_diff=fm.MetricFrame(metrics=m.balanced_accuracy_score, y_true=y, y_pred=d,
                                          sensitive_features=g).difference(),
    auc_diff=max(v["roc_auc"] for v in groups.values()) - min(v["roc_auc"] for v in groups.values()),
)


def counts(rate, v):
    tp, fp, fn, tn = groups[v]["counts"]
    return {"selection": (tp + fp, tp + fp + fn + tn), "tpr": (tp, tp + fn), "fpr": (fp, fp + tn)}[rate]


p_raw = {}
for name, rate in [("demographic_parity_diff", "selection"), ("equal_opportunity_diff", "tpr"),
                   ("predictive_equality_diff", "fpr")]:
    share = {v: counts(rate, v)[0] / counts(rate, v)[1] for v in "abc"}
    lo, hi = min(share, key=share.get), max(share, key=share.get)
    p_raw[name] = equal_p(*counts(rate, lo), *counts(rate, hi))
comparisons = {}
for v in "bc":
    (k1, n1), (k2, n2) = counts("selection", v), counts("selection", "a")
    comparisons[v] = dict(
        difference=list(proportion.confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")),
        ratio=list(proportion.confint_proportions_2indep(k1, n1, k2, n2, method="log", compare="ratio")),
        p=equal_p(k1, n1, k2, n2), ks=stats.ks_2samp(p[g == v], p[g == "a"]).statistic,
    )
adjusted = multipletests([comparisons[v]["p"] for v in "bc"], method="fdr_bh")[1]
b = d - y + 1.0
mean = b.mean()
term = lambda t: 0.0 if t == 0 else t / mean * np.log(t / mean)
theil = float(np.mean([term(t) for t in b]))
between = float(sum((g == v).mean() * term(b[g == v].mean()) for v in "abc"))
smooth = {v: (counts("selection", v)[0] + 1) / (counts("selection", v)[1] + 2) for v in "abc"}
epsilon = max(max(abs(np.log(smooth[s] / smooth[t])), abs(np.log((1 - smooth[s]) / (1 - smooth[t]))))
              for s, t in combinations("abc", 2))
case = dict(
    versions={"fairlearn": fairlearn.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__,
              "statsmodels": statsmodels.__version__, "numpy": np.__version__},
    tolerance=dict(metric=1e-10, interval=1e-9),
    y=y.tolist(), p=p.tolist(), g="".join(g), groups=groups, gaps={k: float(v) for k, v in gaps.items()}, p_raw=p_raw,
    comparisons=comparisons, comparisons_adjusted=adjusted.tolist(), theil=theil, between=between, epsilon=epsilon,
)
Path(__file__).with_name("expected.json").write_text(json.dumps(case) + "\n")
