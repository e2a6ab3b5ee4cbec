import xgboost as xgb
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from data import *

NEW = tuple(int(p) for p in xgb.__version__.split(".")[:2])


def cases(case):
    kind = dict(library="xgboost", how="exact")
    few = dict(n_estimators=12, max_depth=3, n_jobs=1)
    case("xgb-binary", lambda: xgb.XGBClassifier(**few), MISSING, Y.binary, **kind)
    case("xgb-flags", lambda: xgb.XGBClassifier(**few), MISSING, Y.flags, **kind)
    case("xgb-three", lambda: xgb.XGBClassifier(n_estimators=6, max_depth=3, n_jobs=1), MISSING, Y.three, **kind)
    if NEW < (1, 6):
        case("xgb-words", lambda: xgb.XGBClassifier(**few), NUMERIC, Y.words, **kind)
    case("xgb-grid", lambda: xgb.XGBClassifier(**few), GRID, YG.binary, **kind)
    case("xgb-named", lambda: xgb.XGBClassifier(**few), NAMED, Y.binary, **kind)
    case("xgb-regressor", lambda: xgb.XGBRegressor(**few), MISSING, Y.value, **kind)
    case("xgb-regressor-base", lambda: xgb.XGBRegressor(base_score=2.5, **few), NUMERIC, Y.value, **kind)
    case("xgb-regressor-single", lambda: xgb.XGBRegressor(**few), SINGLE, YS.value, **kind)
    case("xgb-poisson", lambda: xgb.XGBRegressor(objective="count:poisson", **few), NUMERIC, Y.count, **kind)
    case("xgb-gamma", lambda: xgb.XGBRegressor(objective="reg:gamma", **few), NUMERIC, Y.positive, **kind)
    case("xgb-tweedie", lambda: xgb.XGBRegressor(objective="reg:tweedie", **few), NUMERIC, Y.count, **kind)
    case("xgb-logistic-regressor", lambda: xgb.XGBRegressor(objective="reg:logistic", **few), NUMERIC, Y.binary * 0.8 + 0.1, **kind)
    case("xgb-dart", lambda: xgb.XGBClassifier(booster="dart", rate_drop=0.3, **few), NUMERIC, Y.binary, **kind)
    linear = dict(library="xgboost", how="single")
    case("xgb-linear", lambda: xgb.XGBRegressor(n_estimators=10, booster="gblinear", n_jobs=1), NUMERIC, Y.value, **linear)
    case("xgb-linear-classifier", lambda: xgb.XGBClassifier(n_estimators=10, booster="gblinear", n_jobs=1), SCALED, YS.binary, **linear)
    case("xgb-forest", lambda: xgb.XGBRFClassifier(n_estimators=10, max_depth=4, n_jobs=1), NUMERIC, Y.binary, **kind)
    case("xgb-forest-regressor", lambda: xgb.XGBRFRegressor(n_estimators=10, max_depth=4, n_jobs=1), NUMERIC, Y.value, **kind)
    case("xgb-missing-marker", lambda: xgb.XGBClassifier(missing=0.0, **few), COUNTS, Y.binary, **kind)
    case("xgb-hist", lambda: xgb.XGBClassifier(tree_method="hist", grow_policy="lossguide", max_leaves=6, **few), NUMERIC, Y.binary, **kind)
    case("xgb-pipeline", lambda: make_pipeline(SimpleImputer(), StandardScaler(), xgb.XGBClassifier(**few)), MISSING, Y.binary, **kind)
    sparse = lambda: ColumnTransformer([("cat", OneHotEncoder(handle_unknown="ignore"), TEXT_COLUMNS), ("num", "passthrough", ["rooms", "score"])], sparse_threshold=1.0)
    case("xgb-sparse", lambda: make_pipeline(sparse(), xgb.XGBClassifier(**few)), each(lambda f: f.fillna({"city": "none"}), FRAME), YF.binary, about="implicit zeros of a sparse matrix are missing", transform=None, **kind)
    if NEW >= (2, 0):
        case("xgb-early", Early, NUMERIC, Y.binary, about="predicts with the best iteration only", **kind)
        case("xgb-categories", lambda: xgb.XGBClassifier(enable_categorical=True, tree_method="hist", **few), each(lambda f: f.assign(member=f.member.astype(int)), levels()), YF.binary, **kind)
        case("xgb-quantile", lambda: xgb.XGBRegressor(objective="reg:quantileerror", quantile_alpha=0.7, **few), NUMERIC, Y.value, **kind)
        case("xgb-absolute", lambda: xgb.XGBRegressor(objective="reg:absoluteerror", **few), NUMERIC, Y.value, **kind)
        case("xgb-pair", lambda: xgb.XGBRegressor(n_estimators=6, max_depth=3, n_jobs=1), NUMERIC, Y.pair, **kind)
        case("xgb-pair-vector", lambda: xgb.XGBRegressor(n_estimators=6, max_depth=3, n_jobs=1, multi_strategy="multi_output_tree", tree_method="hist"), NUMERIC, Y.pair, **kind)
        case("xgb-labels", lambda: xgb.XGBClassifier(n_estimators=6, max_depth=3, n_jobs=1), NUMERIC, Y.switches, **kind)
        case("xgb-labels-vector", lambda: xgb.XGBClassifier(n_estimators=6, max_depth=3, n_jobs=1, multi_strategy="multi_output_tree", tree_method="hist"), MISSING, Y.switches, **kind)
        case("xgb-quantiles", lambda: xgb.XGBRegressor(objective="reg:quantileerror", quantile_alpha=[0.2, 0.8], n_estimators=6, max_depth=3, n_jobs=1), NUMERIC, Y.value, **kind)
        case("xgb-pair-early", EarlyPair, NUMERIC, Y.pair, about="predicts with the best iteration only", **kind)


class Early:
    """Stops early on the last rows."""

    def fit(self, rows, target):
        model = xgb.XGBClassifier(n_estimators=60, max_depth=3, n_jobs=1, early_stopping_rounds=3, learning_rate=0.5)
        return model.fit(rows[:100], target[:100], eval_set=[(rows[100:], target[100:])], verbose=False)


class EarlyPair:
    """The same for two targets."""

    def fit(self, rows, target):
        model = xgb.XGBRegressor(n_estimators=60, max_depth=3, n_jobs=1, early_stopping_rounds=3, learning_rate=0.5)
        return model.fit(rows[:100], target[:100], eval_set=[(rows[100:], target[100:])], verbose=False)


def levels():
    """Text columns as categories, the same in both tables."""
    sets = {name: sorted(set(FRAME.train[name].dropna())) for name in TEXT_COLUMNS}
    return each(lambda f: f.assign(**{n: pd.Categorical(f[n], categories=c) for n, c in sets.items()}), KNOWN)
