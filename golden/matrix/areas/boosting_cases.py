try:
    from sklearn.experimental import enable_hist_gradient_boosting  # needed up to 0.24
except ImportError:
    pass
from sklearn import ensemble as en
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from book import VERSION
from data import *

CODES = Pair(*[np.c_[x[:, :3], np.random.RandomState(s).randint(0, n, len(x)), np.random.RandomState(s + 1).randint(0, m, len(x))] for x, s, n, m in [(MISSING.train, 20, 12, 70), (MISSING.test, 30, 14, 90)]])
CODES.test[:4, 3] = np.nan
CODES.test[4:7, 4] = -1
CODE_CLASS = ((CODES.train[:, 3] % 3 == 1) ^ (CODES.train[:, 4] % 2 == 0)).astype(int)


def cases(case):
    gb = dict(n_estimators=12, random_state=0)
    log = {"loss": "log_loss"} if VERSION >= (1, 1) else {}
    case("gb-binary", lambda: en.GradientBoostingClassifier(**gb, **log), NUMERIC, Y.words)
    case("gb-three", lambda: en.GradientBoostingClassifier(n_estimators=6, random_state=0), NUMERIC, Y.levels)
    case("gb-twelve", lambda: en.GradientBoostingClassifier(n_estimators=2, max_depth=2, random_state=0), NUMERIC, Y.twelve)
    case("gb-exponential", lambda: en.GradientBoostingClassifier(loss="exponential", **gb), NUMERIC, Y.binary)
    case("gb-zero", lambda: en.GradientBoostingClassifier(init="zero", n_estimators=6, random_state=0), NUMERIC, Y.three)
    case("gb-init", lambda: en.GradientBoostingClassifier(init=LogisticRegression(max_iter=300), **gb), SCALED, YS.binary, how="close")
    case("gb-init-three", lambda: en.GradientBoostingClassifier(init=DecisionTreeClassifier(max_depth=2), n_estimators=6, random_state=0), NUMERIC, Y.three)
    case("gb-subsample", lambda: en.GradientBoostingClassifier(subsample=0.6, max_features=2, learning_rate=0.3, **gb), NUMERIC, Y.flags)
    case("gb-early", lambda: en.GradientBoostingClassifier(n_estimators=60, n_iter_no_change=2, random_state=0), NUMERIC, Y.binary)
    case("gb-grid", lambda: en.GradientBoostingClassifier(**gb), GRID, YG.binary)
    case("gb-regressor", lambda: en.GradientBoostingRegressor(**gb), NUMERIC, Y.value, how="exact")
    case("gb-regressor-huber", lambda: en.GradientBoostingRegressor(loss="huber", **gb), NUMERIC, Y.value, how="exact")
    case("gb-regressor-quantile", lambda: en.GradientBoostingRegressor(loss="quantile", alpha=0.8, **gb), NUMERIC, Y.value, how="exact")
    absolute = "absolute_error" if VERSION >= (1, 0) else "lad"
    case("gb-regressor-absolute", lambda: en.GradientBoostingRegressor(loss=absolute, **gb), NUMERIC, Y.value, how="exact")
    case("gb-init-three-linear", lambda: en.GradientBoostingClassifier(init=make_pipeline(StandardScaler(), LogisticRegression()), n_estimators=6, random_state=0), NUMERIC, Y.three, how="close")
    case("gb-init-three-bayes", lambda: en.GradientBoostingClassifier(init=GaussianNB(), n_estimators=6, random_state=0), NUMERIC, Y.three, how="close")
    case("gb-regressor-zero", lambda: en.GradientBoostingRegressor(init="zero", **gb), NUMERIC, Y.value, how="exact")
    case("gb-regressor-init", lambda: en.GradientBoostingRegressor(init=LinearRegression(), **gb), SCALED, YS.value, how="close")
    hist = dict(max_iter=12, random_state=0)
    case("hist-binary", lambda: en.HistGradientBoostingClassifier(**hist), MISSING, Y.words)
    case("hist-three", lambda: en.HistGradientBoostingClassifier(max_iter=6, random_state=0), MISSING, Y.levels)
    case("hist-twelve", lambda: en.HistGradientBoostingClassifier(max_iter=2, random_state=0, min_samples_leaf=5), NUMERIC, Y.twelve)
    case("hist-grid", lambda: en.HistGradientBoostingClassifier(**hist), GRID, YG.binary)
    case("hist-early", lambda: en.HistGradientBoostingClassifier(max_iter=60, early_stopping=True, n_iter_no_change=2, random_state=0), NUMERIC, Y.binary, since=(0, 23))
    case("hist-regressor", lambda: en.HistGradientBoostingRegressor(**hist), MISSING, Y.value, how="exact")
    case("hist-regressor-absolute", lambda: en.HistGradientBoostingRegressor(loss="absolute_error" if VERSION >= (1, 0) else "least_absolute_deviation", **hist), NUMERIC, Y.value, how="exact")
    case("hist-regressor-poisson", lambda: en.HistGradientBoostingRegressor(loss="poisson", **hist), MISSING, Y.count, since=(0, 23))
    case("hist-regressor-quantile", lambda: en.HistGradientBoostingRegressor(loss="quantile", quantile=0.8, **hist), NUMERIC, Y.value, since=(1, 1), how="exact")
    case("hist-regressor-gamma", lambda: en.HistGradientBoostingRegressor(loss="gamma", **hist), NUMERIC, Y.positive, since=(1, 3))
    case("hist-monotonic", lambda: en.HistGradientBoostingRegressor(monotonic_cst=[1, 0, 0, -1, 0], **hist), NUMERIC, Y.value, since=(0, 23), how="exact")
    case("hist-codes", lambda: en.HistGradientBoostingClassifier(categorical_features=[3, 4], **hist), CODES, CODE_CLASS, since=(0, 24), transform=None)
    case("hist-codes-mask", lambda: en.HistGradientBoostingRegressor(categorical_features=[False, False, False, True, False], **hist), CODES, Y.value, since=(0, 24), transform=None, how="exact")
    case("hist-categories", lambda: en.HistGradientBoostingClassifier(categorical_features="from_dtype", **hist), CATEGORIES, YF.binary, since=(1, 4), transform=None)
    case("hist-categories-regressor", lambda: en.HistGradientBoostingRegressor(categorical_features="from_dtype", **hist), CATEGORIES, YF.value, since=(1, 4), transform=None, how="exact")

    def ordinal():
        text = Pipeline([("fill", SimpleImputer(strategy="constant", fill_value="none")), ("code", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1))])
        return ColumnTransformer([("text", text, TEXT_COLUMNS), ("rest", "passthrough", ["age", "income", "score"])])

    case("hist-ordinal", lambda: Pipeline([("prepare", ordinal()), ("model", en.HistGradientBoostingClassifier(categorical_features=[0, 1, 2], **hist))]), FRAME, YF.words, since=(0, 24), transform=None)
    samme = {"algorithm": "SAMME"} if VERSION < (1, 6) else {}
    real = {"algorithm": "SAMME.R"} if VERSION < (1, 4) else {}
    small = dict(n_estimators=8, random_state=0)
    base = lambda model: {"estimator" if VERSION >= (1, 2) else "base_estimator": model}
    case("adaboost-binary", lambda: en.AdaBoostClassifier(**small, **samme), NUMERIC, Y.words, how="close")
    case("adaboost-three", lambda: en.AdaBoostClassifier(**small, **samme), NUMERIC, Y.levels, how="close")
    case("adaboost-deep", lambda: en.AdaBoostClassifier(**base(DecisionTreeClassifier(max_depth=3)), **small, **samme), NUMERIC, Y.three, how="close")
    case("adaboost-logistic", lambda: en.AdaBoostClassifier(**base(LogisticRegression(max_iter=300)), **small, **samme), SCALED, YS.binary, how="close")
    case("adaboost-real-binary", lambda: en.AdaBoostClassifier(**small, **real), NUMERIC, Y.words, until=(1, 5), how="close")
    case("adaboost-real-three", lambda: en.AdaBoostClassifier(**base(DecisionTreeClassifier(max_depth=2)), **small, **real), NUMERIC, Y.three, until=(1, 5), how="close")
    for loss in ["linear", "square", "exponential"]:
        case("adaboost-regressor-" + loss, lambda loss=loss: en.AdaBoostRegressor(loss=loss, **small), NUMERIC, Y.value, how="exact")
    case("adaboost-regressor-ridge", lambda: en.AdaBoostRegressor(**base(DecisionTreeRegressor(max_depth=6)), **small), GRID, YG.value, how="exact")
    case("hist-scaled", lambda: make_pipeline(StandardScaler(), en.HistGradientBoostingClassifier(**hist)), MISSING, Y.binary)
