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
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics as m
from sklearn.isotonic import IsotonicRegression
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


def recalibration(y, p):
    """Slope and intercept of the logistic recalibration, and what isotonic recalibration wins."""
    fit = sm.Logit(y, sm.add_constant(np.log(p / (1 - p)))).fit(disp=0, tol=1e-14, maxiter=100)
    ci = fit.conf_int()
    best = IsotonicRegression().fit(p, y).predict(p)
    return dict(calibration_slope=[fit.params[1], *ci[1]], calibration_intercept=[fit.params[0], *ci[0]],
                miscalibration=np.mean((y - p) ** 2) - np.mean((y - best) ** 2))


def ratio(a, b):
    half = stats.norm.ppf(0.975) * np.sqrt(1 / a + 1 / b)
    return [a / b, a / b * np.exp(-half), a / b * np.exp(half)]


groups = {}
for v in "abc":
    i = g == v
    tn, fp, fn, tp = m.confusion_matrix(y[i], d[i]).ravel()
    groups[v] = dict(
        n=int(i.sum()), counts=[int(tp), int(fp), int(fn), int(tn)], roc_auc=m.roc_auc_score(y[i], p[i]),
        calibration_gap=float(np.mean(y[i] - p[i])), treatment_ratio=ratio(fn, fp), **recalibration(y[i], p[i]), **{k: float(frame.by_group[k][v]) for k in rates},
    )
# A ratio over fewer than 10 false positives is not estimated.
treated = {v: groups[v]["treatment_ratio"][0] for v in "abc" if groups[v]["counts"][1] >= 10}
sf = dict(sensitive_features=g)
gaps = dict(
    demographic_parity_diff=fm.demographic_parity_difference(y, d, **sf),
    disparate_impact=fm.demographic_parity_ratio(y, d, **sf),
    equal_opportunity_diff=fm.equal_opportunity_difference(y, d, **sf),
    predictive_equality_diff=fm.false_positive_rate_difference(y, d, **sf),
    equalized_odds_diff=fm.equalized_odds_difference(y, d, **sf),
    equalized_odds_mean=fm.equalized_odds_difference(y, d, agg="mean", **sf),
    average_odds_diff=fm.MetricFrame(metrics=lambda a, b: (fm.true_positive_rate(a, b) + fm.false_positive_rate(a, b)) / 2,
                                     y_true=y, y_pred=d, sensitive_features=g).difference(),
    treatment_equality_diff=max(treated.values()) - min(treated.values()),
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
lo, hi = min(treated, key=treated.get), max(treated, key=treated.get)
errors = lambda v: (groups[v]["counts"][2], groups[v]["counts"][2] + groups[v]["counts"][1])
p_raw["treatment_equality_diff"] = equal_p(*errors(lo), *errors(hi))
# Positives of one group and negatives of another.
cross = lambda positive, negative: ((g == positive) & (y == 1)) | ((g == negative) & (y == 0))
# The interval of the selection-rate difference: SciPy's BCa bootstrap of the two extreme groups.
share = {v: d[g == v].mean() for v in "abc"}
lo, hi = min(share, key=share.get), max(share, key=share.get)
boot = stats.bootstrap((d[g == hi], d[g == lo]), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis), n_resamples=20000,
                       method="BCa", vectorized=True, rng=np.random.default_rng(5)).confidence_interval
comparisons = {}
for v in "bc":
    (k1, n1), (k2, n2) = counts("selection", v), counts("selection", "a")
    comparisons[v] = dict(
        difference=list(proportion.confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")),
        ratio=list(proportion.confint_proportions_2indep(k1, n1, k2, n2, method="log", compare="ratio")),
        cross_auc=m.roc_auc_score(y[cross(v, "a")], p[cross(v, "a")]),
        cross_auc_reference=m.roc_auc_score(y[cross("a", v)], p[cross("a", v)]),
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
    tolerance=dict(metric=1e-10, interval=1e-9, bootstrap_share_of_width=0.06),
    parity_bootstrap=[boot.low, boot.high],
    y=y.tolist(), p=p.tolist(), g="".join(g), groups=groups, gaps={k: float(v) for k, v in gaps.items()}, p_raw=p_raw,
    comparisons=comparisons, comparisons_adjusted=adjusted.tolist(), theil=theil, between=between, epsilon=epsilon,
)
Path(__file__).with_name("expected.json").write_text(json.dumps(case, default=float) + "\n")
