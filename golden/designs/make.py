"""Writes expected.json: rates, tests and intervals of weighted rows of entities by fairlearn, scikit-learn, statsmodels, NumPy.

Run with fairlearn, scikit-learn, scipy, statsmodels and numpy installed: `python make.py`. Tests never run it.
"""
import json
from pathlib import Path

import fairlearn
import numpy as np
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from fairlearn import metrics as fm
from scipy import stats
from sklearn import metrics as m

rng = np.random.default_rng(11)

n, entities = 900, 260
entity = rng.integers(0, entities, n)
entity = np.unique(entity, return_inverse=True)[1]
shared = rng.normal(size=entities)[entity]
g = rng.choice(["a", "b"], n, p=[0.6, 0.4])
z = rng.choice(["u", "v", "w"], n, p=[0.5, 0.3, 0.2])
x = shared + 0.7 * rng.normal(size=n) + np.where(g == "a", 0.3, -0.3) + np.select([z == "u", z == "v"], [0.4, 0.0], -0.4)
y = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
p = np.clip(np.round(1 / (1 + np.exp(-(x + 0.6 * rng.normal(size=n)))), 3), 0.001, 0.999)
d = (p > 0.5).astype(int)
w = np.round(rng.gamma(2.0, 1.0, n) + 0.1, 3)
number = x * 2 + rng.normal(size=n)


def scaled(fit, k, correction=True):
    """Standard errors with G/(G-1) alone: statsmodels multiplies by (n-1)/(n-k) too."""
    return fit.bse * (np.sqrt((n_of(fit) - k) / (n_of(fit) - 1)) if correction else 1.0)


def n_of(fit):
    return fit.model.exog.shape[0]


def contrast(inside, value, weights):
    """Mean of a less mean of b: WLS on the group with the cluster-robust covariance, and its t test."""
    X = sm.add_constant((g[inside] == "a").astype(float))
    groups = entity[inside]
    fit = sm.WLS(value[inside], X, weights=weights[inside]).fit(cov_type="cluster", cov_kwds={"groups": groups})
    se, df = scaled(fit, 2)[1], len(np.unique(groups)) - 1
    score = gee_score(value[inside], np.ones((inside.sum(), 1)), X[:, 1:], groups, weights[inside])
    return dict(difference=fit.params[1], se=se, p=2 * stats.t.sf(abs(fit.params[1] / se), df), df=df, score=score)


def gee_score(value, null, more, groups, weights):
    """The robust score statistic of a GEE of independent rows: the null model against one column more."""
    order = np.argsort(groups, kind="stable")
    v, A, B, e, w = value[order], null[order], more[order], groups[order], weights[order]
    family = sm.families.Gaussian()
    small = sm.GEE(v, A, e, family=family, weights=w).fit()
    return sm.GEE(v, np.hstack([A, B]), e, family=family, weights=w).compare_score_test(small)["statistic"]


everyone = np.ones(n, bool)
ones = np.ones(n)


def rates(weights):
    """Rates of each group and the gaps of fairlearn, with sample weights."""
    params = dict(sensitive_features=g, sample_params={"sample_weight": weights})
    own = dict(selection_rate=fm.selection_rate, tpr=fm.true_positive_rate, fpr=fm.false_positive_rate)
    frame = fm.MetricFrame(metrics=own, y_true=y, y_pred=d, sensitive_features=g,
                           sample_params={k: {"sample_weight": weights} for k in own})
    groups = {k: {v: frame.by_group[k][v] for v in "ab"} for k in own}
    groups["accuracy"] = {v: m.accuracy_score(y[g == v], d[g == v], sample_weight=weights[g == v]) for v in "ab"}
    groups["ppv"] = {v: m.precision_score(y[g == v], d[g == v], sample_weight=weights[g == v]) for v in "ab"}
    groups["roc_auc"] = {v: m.roc_auc_score(y[g == v], p[g == v], sample_weight=weights[g == v]) for v in "ab"}
    gaps = dict(
        demographic_parity_diff=fm.demographic_parity_difference(y, d, sensitive_features=g, sample_weight=weights),
        disparate_impact=fm.demographic_parity_ratio(y, d, sensitive_features=g, sample_weight=weights),
        equalized_odds_diff=fm.equalized_odds_difference(y, d, sensitive_features=g, sample_weight=weights),
        equal_opportunity_diff=abs(groups["tpr"]["a"] - groups["tpr"]["b"]),
        predictive_equality_diff=abs(groups["fpr"]["a"] - groups["fpr"]["b"]),
    )
    return dict(groups=groups, gaps=gaps)


def logistic(weights):
    """Logistic recalibration of the rows of group a: GLM with variance weights, clustered."""
    own = g == "a"
    X = sm.add_constant(np.log(p[own] / (1 - p[own])))
    fit = sm.GLM(y[own], X, family=sm.families.Binomial(), var_weights=weights[own]).fit(
        tol=1e-14, maxiter=200, cov_type="cluster", cov_kwds={"groups": entity[own]})
    se = scaled(fit, 2)
    half = stats.norm.ppf(0.975) * se
    return dict(slope=[fit.params[1], fit.params[1] - half[1], fit.params[1] + half[1]],
                intercept=[fit.params[0], fit.params[0] - half[0], fit.params[0] + half[0]])


def mean(value, weights):
    fit = sm.WLS(value, np.ones((n, 1)), weights=weights).fit(cov_type="cluster", cov_kwds={"groups": entity})
    se, df = scaled(fit, 1)[0], entity.max()
    half = stats.t.ppf(0.975, df) * se
    return [fit.params[0], fit.params[0] - half, fit.params[0] + half]


def strata(weights):
    """Score of the group in a model of the decision with a constant for every stratum, without the factor of the strata."""
    null = np.column_stack([(z == v).astype(float) for v in "uvw"])
    return gee_score(d.astype(float), null, (g == "a").astype(float)[:, None], entity, weights)


def conformal(scores, weights, target, own):
    """The weighted quantile of the scores and infinity, as Tibshirani et al. (2019)."""
    return np.quantile(np.append(scores, np.inf), target, method="inverted_cdf", weights=np.append(weights, own))


def case(weights):
    residual = np.abs(number - x)
    return dict(
        rates=rates(weights),
        selection=contrast(everyone, d.astype(float), weights),
        tpr=contrast(y == 1, d.astype(float), weights),
        number=contrast(everyone, number, weights),
        mean=mean(number, weights),
        logistic=logistic(weights),
        strata=strata(weights),
        quantiles=[np.quantile(number, q, method="inverted_cdf", weights=weights) for q in (0.05, 0.25, 0.5, 0.75, 0.95)],
        conformal=[conformal(residual, weights, t, o) for t in (0.8, 0.9) for o in (0.5, 1.0, 3.0)],
        kish=weights.sum() ** 2 / (weights ** 2).sum(),
    )


class Plain(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, np.ndarray):
            return o.tolist()
        return o.item() if hasattr(o, "item") else float(o)


out = dict(
    versions={"fairlearn": fairlearn.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__,
              "statsmodels": statsmodels.__version__, "numpy": np.__version__},
    g="".join(g), z="".join(z), y=y, p=p, w=w, entity=entity, number=number, x=x,
    weighted=case(w), entities=case(ones),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(out, cls=Plain, ensure_ascii=False) + "\n")
