"""Writes expected.json: metrics of synthetic predictions by scikit-learn, SciPy and statsmodels.

Run with scikit-learn, scipy, statsmodels and numpy installed: `python make.py`. Tests never run it.
"""
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn import metrics as m
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from statsmodels.stats import multitest, proportion
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.stattools import jarque_bera

rng = np.random.default_rng(20240611)


def delong(y, p):
    """Pairwise definition, straight from DeLong et al. 1988."""
    x, z = p[y == 1], p[y == 0]
    psi = (x[:, None] > z[None, :]) + 0.5 * (x[:, None] == z[None, :])
    v10, v01, auc = psi.mean(1), psi.mean(0), psi.mean()
    var = v10.var(ddof=1) / len(x) + v01.var(ddof=1) / len(z)
    half = stats.norm.ppf(0.975) * np.sqrt(var) / (auc * (1 - auc))
    back = lambda t: 1 / (1 + np.exp(-t))
    logit = np.log(auc / (1 - auc))
    return dict(auc=auc, var=var, low=back(logit - half), high=back(logit + half))


def wilson(k, n):
    return list(proportion.proportion_confint(k, n, method="wilson"))


def binary(weights=None):
    n = 400
    x = rng.normal(size=n)
    y = (rng.random(n) < 1 / (1 + np.exp(-1.2 * x + 0.4))).astype(int)
    # Two decimals make ties.
    p = np.round(1 / (1 + np.exp(-x + 0.2 * rng.normal(size=n))), 2).clip(0.01, 0.99)
    d = (p > 0.5).astype(int)
    w = None if weights is None else np.round(rng.uniform(0.5, 3.0, n), 2)
    kw = dict(sample_weight=w)
    tn, fp, fn, tp = m.confusion_matrix(y, d).ravel()
    fpr, tpr, thr = m.roc_curve(y, p, drop_intermediate=False, **kw)
    out = dict(
        y=y.tolist(), p=p.tolist(), w=None if w is None else w.tolist(),
        confusion=m.confusion_matrix(y, d, **kw).tolist(),
        metrics=dict(
            accuracy=m.accuracy_score(y, d, **kw),
            balanced_accuracy=m.balanced_accuracy_score(y, d, **kw),
            precision=m.precision_score(y, d, **kw),
            recall=m.recall_score(y, d, **kw),
            f1=m.f1_score(y, d, **kw),
            specificity=m.recall_score(y, d, pos_label=0, **kw),
            mcc=m.matthews_corrcoef(y, d, **kw),
            kappa=m.cohen_kappa_score(y, d, **kw),
            roc_auc=m.roc_auc_score(y, p, **kw),
            average_precision=m.average_precision_score(y, p, **kw),
            log_loss=m.log_loss(y, p, **kw),
            brier=m.brier_score_loss(y, p, **kw),
        ),
        ks=float(np.max(np.abs(tpr - fpr))),
        # Share taken, lift and distance at every distinct score, best first, from scikit-learn's ROC points.
        ranking=[[s, t / s, t - f] for f, t, s in zip(fpr, tpr, fpr * np.average(y == 0, weights=w) + tpr * np.average(y == 1, weights=w)) if s > 0],
    )
    if w is None:
        out["wilson"] = dict(
            accuracy=wilson(tp + tn, n), precision=wilson(tp, tp + fp),
            recall=wilson(tp, tp + fn), specificity=wilson(tn, tn + fp),
        )
        out["delong"] = delong(y, p)
        cell = {}
        for t in (0.25, 0.5, 0.75):
            c = p >= t
            cell[str(t)] = dict(volume=c.mean(), precision=m.precision_score(y, c), recall=m.recall_score(y, c))
        out["thresholds"] = cell
        rows = [np.arange(n)]
        boot = {}
        for name, f in dict(balanced_accuracy=m.balanced_accuracy_score, mcc=m.matthews_corrcoef).items():
            # scipy's BCa resamples rows.
            r = stats.bootstrap((y, d), lambda a, b: f(a, b), paired=True, vectorized=False, n_resamples=2000,
                                method="BCa", rng=np.random.default_rng(1))
            boot[name] = [r.confidence_interval.low, r.confidence_interval.high]
        for name, loss in dict(brier=(p - y) ** 2, log_loss=-np.log(np.where(y == 1, p, 1 - p))).items():
            r = stats.bootstrap((loss,), np.mean, n_resamples=4000, method="BCa", rng=np.random.default_rng(1))
            boot[name] = [r.confidence_interval.low, r.confidence_interval.high]
        out["bca"] = boot
    return out


def multiclass():
    n, k = 300, 4
    y = rng.choice(k, n, p=[0.45, 0.3, 0.15, 0.1])
    logits = rng.normal(size=(n, k)) + 1.3 * np.eye(k)[y]
    p = np.exp(logits)
    p = np.round(p / p.sum(1, keepdims=True), 3)
    p[:, 0] += 1 - p.sum(1)
    d = p.argmax(1)
    avg = lambda a: [f(y, d, average=a) for f in (m.precision_score, m.recall_score, m.f1_score)]
    return dict(
        y=y.tolist(), p=p.tolist(), classes=list("abcd"),
        metrics=dict(
            accuracy=m.accuracy_score(y, d), balanced_accuracy=m.balanced_accuracy_score(y, d),
            precision=avg("macro")[0], recall=avg("macro")[1], f1=avg("macro")[2],
            mcc=m.matthews_corrcoef(y, d), kappa=m.cohen_kappa_score(y, d),
            roc_auc=m.roc_auc_score(y, p, multi_class="ovr"), roc_auc_ovo=m.roc_auc_score(y, p, multi_class="ovo"),
            average_precision=m.average_precision_score(np.eye(k)[y], p),
            log_loss=m.log_loss(y, p), brier=float(((p - np.eye(k)[y]) ** 2).sum(1).mean()),
        ),
        averages=dict(macro=avg("macro"), micro=avg("micro"), weighted=avg("weighted")),
        per_class=[dict(precision=m.precision_score(y == c, d == c), recall=m.recall_score(y == c, d == c),
                        f1=m.f1_score(y == c, d == c), specificity=m.recall_score(y != c, d != c),
                        roc_auc=m.roc_auc_score(y == c, p[:, c]),
                        average_precision=m.average_precision_score(y == c, p[:, c])) for c in range(k)],
        top_k={str(t): m.top_k_accuracy_score(y, p, k=t) for t in (1, 2, 3)},
    )


def regression():
    n = 250
    x = rng.normal(size=n)
    y = 3 + 2 * x + rng.normal(size=n) * (0.4 + 0.4 * np.abs(x))
    p = 3.1 + 1.9 * x + 0.1 * rng.normal(size=n)
    r = y - p
    r2 = m.r2_score(y, p)
    jb, jb_p, skew, kurt = jarque_bera(r)
    bp = het_breuschpagan(r, np.column_stack([np.ones(n), p]))
    return dict(
        y=y.tolist(), p=p.tolist(),
        metrics=dict(
            mae=m.mean_absolute_error(y, p), mse=m.mean_squared_error(y, p), rmse=m.root_mean_squared_error(y, p),
            r2=r2, adjusted_r2=1 - (1 - r2) * (n - 1) / (n - 2), mape=m.mean_absolute_percentage_error(y, p),
            smape=float(np.mean(2 * np.abs(r) / (np.abs(y) + np.abs(p)))),
            median_ae=m.median_absolute_error(y, p), max_error=m.max_error(y, p),
            explained_variance=m.explained_variance_score(y, p), mean_residual=r.mean(),
            **{f"pinball_{int(a * 100)}": m.mean_pinball_loss(y, p, alpha=a) for a in (0.1, 0.5, 0.9)},
        ),
        mean_t=list(stats.t.interval(0.95, n - 1, r.mean(), stats.sem(r))),
        skewness=skew, kurtosis=kurt - 3, normality_p=jb_p, heteroscedasticity_p=bp[1],
        baselines=dict(mean=float(y.std()), median=float(np.sqrt(np.mean((y - np.median(y)) ** 2)))),
    )


def tree():
    """Depth-3 trees on all rows; the cross-fit is tested elsewhere."""
    n = 200
    x = np.round(rng.normal(size=(n, 3)), 2)
    y = ((x[:, 0] > 0.3) ^ (x[:, 1] > 0)).astype(int)
    y = np.where(rng.random(n) < 0.1, 1 - y, y)
    z = np.round(x[:, 0] * 2 + (x[:, 2] > 0.5) + 0.2 * rng.normal(size=n), 3)
    least = min(max(n // 20, 1), 20)
    c = DecisionTreeClassifier(max_depth=3, min_samples_leaf=least, random_state=0).fit(x, y)
    r = DecisionTreeRegressor(max_depth=3, min_samples_leaf=least, random_state=0).fit(x, z)
    leaf = c.apply(x)
    smooth = np.array([(np.bincount(y[leaf == l], minlength=2) + 1) / ((leaf == l).sum() + 2) for l in leaf])
    return dict(x=x.tolist(), y=y.tolist(), z=z.tolist(), probability=smooth[:, 1].tolist(), value=r.predict(x).tolist())


def boosting():
    """50 trees of depth 3 on all rows; scikit-learn sums gradients in 32 bits."""
    n = 500
    x = np.round(rng.normal(size=(n, 4)), 2)
    signal = x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * rng.normal(size=n)
    kw = dict(max_iter=50, learning_rate=0.1, max_depth=3, max_leaf_nodes=None, min_samples_leaf=20, l2_regularization=1.0,
              early_stopping=False)
    binary, three, value = (signal > 0).astype(int), np.digitize(signal, [-0.6, 0.6]), np.round(signal, 3)
    fit = lambda t: HistGradientBoostingClassifier(**kw).fit(x, t).predict_proba(x)
    regression = HistGradientBoostingRegressor(**kw).fit(x, value).predict(x)[:, None]
    case = lambda t, s: dict(y=t.tolist(), scores=s.tolist())
    return dict(x=x.tolist(), binary=case(binary, fit(binary)), multiclass=case(three, fit(three)), value=case(value, regression))


def tests():
    p = np.array([0.001, 0.04, 0.03, 0.5, 0.9, 0.012, 0.2])
    fisher = [[3, 7, 8, 2], [0, 5, 4, 9], [1, 1, 1, 1], [12, 5, 3, 10], [30, 2, 25, 14]]
    pairs = [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 0, 29), (10, 10, 0, 10)]
    return dict(
        bh=dict(p=p.tolist(), adjusted=multitest.multipletests(p, method="fdr_bh")[1].tolist()),
        fisher=[dict(table=t, p=stats.fisher_exact([[t[0], t[1]], [t[2], t[3]]])[1]) for t in fisher],
        wilson=[dict(k=k, n=n, ci=wilson(k, n)) for k, n in [(0, 10), (3, 10), (10, 10), (81, 263), (15, 148)]],
        newcombe=[dict(counts=c, ci=list(proportion.confint_proportions_2indep(*c, method="newcomb", compare="diff")))
                  for c in pairs],
        log_ratio=[dict(counts=c, ci=list(proportion.confint_proportions_2indep(*c, method="log", compare="ratio")))
                   for c in pairs[:2]],
        z=[dict(counts=c, p=proportion.proportions_ztest([c[0], c[2]], [c[1], c[3]])[1]) for c in pairs[:3]],
        power=[dict(base=b, gap=g, n_base=nb, n_other=no,
                    power=float(proportion.power_proportions_2indep(g, b, no, ratio=nb / no, alpha=0.05,
                                                                    return_results=False)))
               for b, g, nb, no in [(0.3, 0.1, 200, 150), (0.05, 0.1, 60, 500), (0.6, -0.1, 1000, 80)]],
    )


def clean(v):
    if isinstance(v, dict):
        return {k: clean(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [clean(x) for x in v]
    if isinstance(v, (np.integer,)):
        return int(v)
    if isinstance(v, (float, np.floating)):
        return float(v)
    return v


case = dict(
    versions={"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
              "numpy": np.__version__},
    tolerance=dict(metric=1e-10, interval=1e-9, bootstrap_share_of_width=0.08),
    binary=binary(), weighted=binary(weights=True), multiclass=multiclass(), regression=regression(),
    tree=tree(), tests=tests(), boosting=boosting(),
)
Path(__file__).with_name("expected.json").write_text(json.dumps(clean(case)) + "\n")
