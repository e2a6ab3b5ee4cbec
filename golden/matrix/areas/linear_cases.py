from sklearn import linear_model as lm
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC, LinearSVR

from book import VERSION
from data import *


def behind(model):
    return make_pipeline(StandardScaler(), model)


def cases(case):
    logistic = lambda **k: lm.LogisticRegression(max_iter=400, **k)
    ovr = {"multi_class": "ovr"} if VERSION < (1, 8) else {}
    case("logistic-binary", lambda: logistic(C=0.7), SCALED, YS.words)
    case("logistic-flags", lambda: logistic(), SCALED, YS.flags)
    case("logistic-floats", lambda: logistic(), SCALED, YS.floats)
    case("logistic-three", lambda: logistic(), SCALED, YS.levels)
    case("logistic-twelve", lambda: logistic(), SCALED, YS.twelve)
    case("logistic-balanced", lambda: logistic(class_weight="balanced", fit_intercept=False), SCALED, YS.three)
    case("logistic-l1", lambda: logistic(penalty="l1", solver="liblinear", C=0.2), SCALED, YS.binary)
    case("logistic-liblinear-three", lambda: logistic(solver="liblinear"), SCALED, YS.three, until=(1, 7))
    case("logistic-ovr", lambda: logistic(multi_class="ovr"), SCALED, YS.three, until=(1, 7))
    case("logistic-multinomial-binary", lambda: logistic(multi_class="multinomial"), SCALED, YS.binary, until=(1, 7))
    case("logistic-elasticnet", lambda: behind(logistic(penalty="elasticnet", solver="saga", l1_ratio=0.5)), NUMERIC, YS.three)
    case("logistic-named", lambda: behind(logistic()), NAMED, Y.words)
    case("logistic-single", lambda: logistic(), SINGLE, YS.three, how="single")
    case("logistic-cv", lambda: lm.LogisticRegressionCV(Cs=3, cv=3, max_iter=400), SCALED, YS.three)
    case("logistic-cv-ovr", lambda: lm.LogisticRegressionCV(Cs=3, cv=3, max_iter=400, **ovr), SCALED, YS.binary)
    value = [
        ("linear", lambda: lm.LinearRegression()),
        ("linear-no-intercept", lambda: lm.LinearRegression(fit_intercept=False)),
        ("ridge", lambda: lm.Ridge(alpha=2.0)),
        ("ridge-cv", lambda: lm.RidgeCV()),
        ("lasso", lambda: lm.Lasso(alpha=0.1)),
        ("lasso-cv", lambda: lm.LassoCV(cv=3)),
        ("elasticnet", lambda: lm.ElasticNet(alpha=0.1)),
        ("elasticnet-cv", lambda: lm.ElasticNetCV(cv=3)),
        ("bayesian-ridge", lambda: lm.BayesianRidge()),
        ("ard", lambda: lm.ARDRegression()),
        ("huber", lambda: lm.HuberRegressor(max_iter=1000)),
        ("sgd-regressor", lambda: lm.SGDRegressor(random_state=0)),
        ("sgd-regressor-average", lambda: lm.SGDRegressor(random_state=0, average=True, loss="huber")),
        ("linear-svr", lambda: LinearSVR(random_state=0, max_iter=10000)),
        ("lars", lambda: lm.Lars(n_nonzero_coefs=3)),
        ("lars-cv", lambda: lm.LarsCV(cv=3)),
        ("lasso-lars", lambda: lm.LassoLars(alpha=0.05)),
        ("lasso-lars-cv", lambda: lm.LassoLarsCV(cv=3)),
        ("lasso-lars-ic", lambda: lm.LassoLarsIC()),
        ("omp", lambda: lm.OrthogonalMatchingPursuit(n_nonzero_coefs=2)),
        ("omp-cv", lambda: lm.OrthogonalMatchingPursuitCV(cv=3)),
        ("theil-sen", lambda: lm.TheilSenRegressor(random_state=0, max_subpopulation=200)),
        ("ransac", lambda: lm.RANSACRegressor(random_state=0)),
        ("ransac-ridge", lambda: lm.RANSACRegressor(lm.Ridge(), random_state=0, min_samples=20)),
        ("passive-aggressive-regressor", lambda: lm.PassiveAggressiveRegressor(random_state=0)),
    ]
    for name, make in value:
        case(name, lambda make=make: behind(make()), NUMERIC, YS.value)
    case("linear-positive", lambda: lm.LinearRegression(positive=True), SCALED, YS.value, since=(0, 24))
    case("quantile-regressor", lambda: behind(lm.QuantileRegressor(quantile=0.7, alpha=0.01, solver="highs")), NUMERIC, YS.value, since=(1, 1))
    case("linear-single", lambda: lm.LinearRegression(), SINGLE, YS.value.astype("float32"), how="single")
    case("linear-pair", lambda: lm.LinearRegression(), SCALED, YS.pair)
    case("ridge-pair", lambda: lm.Ridge(), SCALED, YS.pair)
    case("multi-task-lasso", lambda: lm.MultiTaskLasso(alpha=0.05), SCALED, YS.pair)
    case("multi-task-lasso-cv", lambda: lm.MultiTaskLassoCV(cv=3), SCALED, YS.pair)
    case("multi-task-elasticnet", lambda: lm.MultiTaskElasticNet(alpha=0.05), SCALED, YS.pair)
    case("poisson", lambda: behind(lm.PoissonRegressor()), NUMERIC, YS.count, since=(0, 23))
    case("gamma", lambda: behind(lm.GammaRegressor()), NUMERIC, YS.positive, since=(0, 23))
    case("tweedie-normal", lambda: behind(lm.TweedieRegressor(power=0)), NUMERIC, YS.value, since=(0, 23))
    case("tweedie-compound", lambda: behind(lm.TweedieRegressor(power=1.5, alpha=0.1)), NUMERIC, YS.count, since=(0, 23))
    case("tweedie-log", lambda: behind(lm.TweedieRegressor(power=0, link="log")), NUMERIC, YS.positive, since=(0, 23))
    case("ridge-classifier", lambda: lm.RidgeClassifier(), SCALED, YS.words)
    case("ridge-classifier-three", lambda: lm.RidgeClassifier(), SCALED, YS.levels)
    case("ridge-classifier-cv", lambda: lm.RidgeClassifierCV(), SCALED, YS.three)
    log = "log_loss" if VERSION >= (1, 1) else "log"
    for loss in ["hinge", log, "modified_huber", "squared_hinge", "perceptron", "huber"]:
        sgd = lambda loss=loss: behind(lm.SGDClassifier(loss=loss, random_state=0))
        slug = {"log_loss": "log", "modified_huber": "modified-huber", "squared_hinge": "squared-hinge"}.get(loss, loss)
        case("sgd-%s-binary" % slug, sgd, NUMERIC, YS.words)
        case("sgd-%s-three" % slug, sgd, NUMERIC, YS.three)
    case("perceptron-binary", lambda: behind(lm.Perceptron(random_state=0)), NUMERIC, YS.words)
    case("perceptron-three", lambda: behind(lm.Perceptron(random_state=0)), NUMERIC, YS.three)
    case("passive-aggressive-binary", lambda: behind(lm.PassiveAggressiveClassifier(random_state=0)), NUMERIC, YS.binary)
    case("passive-aggressive-three", lambda: behind(lm.PassiveAggressiveClassifier(random_state=0)), NUMERIC, YS.levels)
    case("linear-svc-binary", lambda: LinearSVC(random_state=0), SCALED, YS.words)
    case("linear-svc-three", lambda: LinearSVC(random_state=0), SCALED, YS.levels)
    case("linear-svc-crammer-singer", lambda: LinearSVC(random_state=0, multi_class="crammer_singer"), SCALED, YS.three)
    case("sgd-one-class", lambda: behind(lm.SGDOneClassSVM(random_state=0)), NUMERIC, None, since=(1, 0))
