import lightgbm as lgb
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from data import *

NEW = tuple(int(p) for p in lgb.__version__.split(".")[:2])


def cases(case):
    kind = dict(library="lightgbm", how="exact")
    few = dict(n_estimators=12, num_leaves=7, n_jobs=1, verbose=-1, min_child_samples=5)
    case("lgb-binary", lambda: lgb.LGBMClassifier(**few), MISSING, Y.words, **kind)
    case("lgb-three", lambda: lgb.LGBMClassifier(n_estimators=6, num_leaves=6, n_jobs=1, verbose=-1), MISSING, Y.levels, **kind)
    case("lgb-ova", lambda: lgb.LGBMClassifier(objective="multiclassova", n_estimators=6, num_leaves=6, n_jobs=1, verbose=-1), NUMERIC, Y.three, **kind)
    case("lgb-grid", lambda: lgb.LGBMClassifier(**few), GRID, YG.flags, **kind)
    if NEW >= (3, 0):
        case("lgb-named", lambda: lgb.LGBMClassifier(**few), NAMED, Y.binary, **kind)
    case("lgb-dart", lambda: lgb.LGBMClassifier(boosting_type="dart", **few), NUMERIC, Y.binary, **kind)
    case("lgb-forest", lambda: lgb.LGBMClassifier(boosting_type="rf", subsample=0.6, subsample_freq=1, **few), NUMERIC, Y.binary, **kind)
    case("lgb-zero-missing", lambda: lgb.LGBMClassifier(zero_as_missing=True, **few), COUNTS, Y.binary, **kind)
    if NEW >= (3, 2):
        case("lgb-linear-tree", lambda: lgb.LGBMRegressor(linear_tree=True, **few), NUMERIC, Y.value, **kind)
    case("lgb-categories", lambda: lgb.LGBMClassifier(min_data_per_group=5, cat_smooth=1, **few), CATEGORIES, YF.words, **kind)
    case("lgb-regressor", lambda: lgb.LGBMRegressor(**few), MISSING, Y.value, **kind)
    for objective in ["regression_l1", "huber", "quantile", "poisson", "gamma", "tweedie", "mape", "cross_entropy"]:
        target = {"poisson": Y.count, "gamma": Y.positive, "tweedie": Y.count, "cross_entropy": Y.binary * 0.8 + 0.1}.get(objective, Y.value)
        case("lgb-" + objective.replace("_", "-"), lambda o=objective: lgb.LGBMRegressor(objective=o, **few), NUMERIC, target, **kind)
    case("lgb-sqrt", lambda: lgb.LGBMRegressor(reg_sqrt=True, **few), NUMERIC, Y.value, **kind)
    case("lgb-pipeline", lambda: make_pipeline(SimpleImputer(), lgb.LGBMClassifier(**few)), MISSING, Y.words, **kind)
    sparse = lambda: ColumnTransformer([("cat", OneHotEncoder(handle_unknown="ignore"), TEXT_COLUMNS), ("num", "passthrough", ["rooms", "score"])], sparse_threshold=1.0)
    case("lgb-sparse", lambda: make_pipeline(sparse(), lgb.LGBMClassifier(**few)), each(lambda f: f.fillna({"city": "none"}), FRAME), YF.binary, **kind)
