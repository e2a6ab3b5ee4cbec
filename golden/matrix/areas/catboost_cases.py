import catboost as cb
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data import *


def cases(case):
    kind = dict(library="catboost", how="exact")
    few = dict(iterations=10, depth=3, verbose=0, allow_writing_files=False, thread_count=1, random_seed=0)
    case("cat-binary", lambda: cb.CatBoostClassifier(**few), MISSING, Y.words, **kind)
    case("cat-three", lambda: cb.CatBoostClassifier(**few), MISSING, Y.levels, **kind)
    case("cat-named", lambda: cb.CatBoostClassifier(**few), NAMED, Y.binary, **kind)
    case("cat-grid", lambda: cb.CatBoostClassifier(**few), GRID, YG.binary, **kind)
    case("cat-lossguide", lambda: cb.CatBoostClassifier(grow_policy="Lossguide", max_leaves=6, **few), NUMERIC, Y.binary, **kind)
    case("cat-depthwise", lambda: cb.CatBoostRegressor(grow_policy="Depthwise", **few), MISSING, Y.value, **kind)
    case("cat-regressor", lambda: cb.CatBoostRegressor(**few), MISSING, Y.value, **kind)
    case("cat-poisson", lambda: cb.CatBoostRegressor(loss_function="Poisson", **few), NUMERIC, Y.count, **kind)
    case("cat-pipeline", lambda: make_pipeline(StandardScaler(), cb.CatBoostClassifier(**few)), NUMERIC, Y.words, **kind)
    text = each(lambda f: f.fillna({"city": "none"}).assign(member=lambda g: g.member.astype(int)), FRAME)
    case("cat-categories", lambda: cb.CatBoostClassifier(cat_features=TEXT_COLUMNS, **few), text, YF.binary, **kind)
    case("cat-categories-one-hot", lambda: cb.CatBoostClassifier(cat_features=TEXT_COLUMNS, one_hot_max_size=10, **few), text, YF.binary, **kind)
