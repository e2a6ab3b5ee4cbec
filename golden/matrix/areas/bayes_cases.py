from sklearn import discriminant_analysis as da
from sklearn import naive_bayes as nb
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from data import *


def cases(case):
    case("gaussian-nb", lambda: nb.GaussianNB(), NUMERIC, Y.words)
    case("gaussian-nb-three", lambda: nb.GaussianNB(var_smoothing=1e-3), NUMERIC, Y.levels)
    case("gaussian-nb-priors", lambda: nb.GaussianNB(priors=[0.2, 0.5, 0.3]), NUMERIC, Y.three)
    case("gaussian-nb-twelve", lambda: nb.GaussianNB(), NUMERIC, Y.twelve)
    case("multinomial-nb", lambda: nb.MultinomialNB(), COUNTS, Y.words)
    case("multinomial-nb-three", lambda: nb.MultinomialNB(alpha=0.3, fit_prior=False), COUNTS, Y.three)
    case("bernoulli-nb", lambda: nb.BernoulliNB(), SCALED, YS.words)
    case("bernoulli-nb-three", lambda: nb.BernoulliNB(binarize=0.3), SCALED, YS.three)
    case("bernoulli-nb-unbinarized", lambda: nb.BernoulliNB(binarize=None), each(lambda x: (x > 0).astype(float), SCALED), YS.binary)
    case("complement-nb", lambda: nb.ComplementNB(), COUNTS, Y.three)
    case("complement-nb-norm", lambda: nb.ComplementNB(norm=True), COUNTS, Y.three)
    case("complement-nb-binary", lambda: nb.ComplementNB(), COUNTS, Y.words)
    case("categorical-nb", lambda: nb.CategoricalNB(), each(lambda x: np.minimum(x, 3), COUNTS), Y.three)
    case("categorical-nb-minimum", lambda: nb.CategoricalNB(min_categories=8), each(lambda x: np.minimum(x, 3), COUNTS), Y.binary, since=(0, 24))
    case("categorical-nb-pipeline", lambda: make_pipeline(OrdinalEncoder(), nb.CategoricalNB()), each(lambda f: f[["sex", "grade"]], FRAME), YF.words)
    case("lda-binary", lambda: da.LinearDiscriminantAnalysis(), NUMERIC, Y.words)
    case("lda-three", lambda: da.LinearDiscriminantAnalysis(), NUMERIC, Y.levels)
    case("lda-shrinkage", lambda: da.LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"), NUMERIC, Y.three)
    case("lda-eigen", lambda: da.LinearDiscriminantAnalysis(solver="eigen", priors=[0.3, 0.7]), NUMERIC, Y.binary)
    case("lda-transform", lambda: make_pipeline(da.LinearDiscriminantAnalysis(n_components=2), LogisticRegression()), NUMERIC, Y.three, of="LinearDiscriminantAnalysis", transform="close")
    case("qda-binary", lambda: da.QuadraticDiscriminantAnalysis(), SCALED, YS.words)
    case("qda-three", lambda: da.QuadraticDiscriminantAnalysis(reg_param=0.1), SCALED, YS.levels)
    case("qda-priors", lambda: da.QuadraticDiscriminantAnalysis(priors=[0.2, 0.5, 0.3]), SCALED, YS.three)
    case("dummy-prior", lambda: DummyClassifier(strategy="prior"), NUMERIC, (Y.twelve > 40).astype(int))
    case("dummy-most-frequent", lambda: DummyClassifier(strategy="most_frequent"), NUMERIC, Y.levels)
    case("dummy-constant", lambda: DummyClassifier(strategy="constant", constant="yes"), NUMERIC, Y.words)
    case("dummy-regressor", lambda: DummyRegressor(), NUMERIC, Y.value)
    case("dummy-regressor-median", lambda: DummyRegressor(strategy="median"), NUMERIC, Y.value)
    case("dummy-regressor-quantile", lambda: DummyRegressor(strategy="quantile", quantile=0.9), NUMERIC, Y.value)
    case("dummy-regressor-constant", lambda: DummyRegressor(strategy="constant", constant=4.5), NUMERIC, Y.value)
