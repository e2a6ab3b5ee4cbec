from sklearn import ensemble as en
from sklearn import tree
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from book import VERSION
from data import *


def cases(case):
    grow = dict(random_state=0)
    forest = dict(n_estimators=12, max_depth=5, random_state=0)
    case("tree-binary", lambda: tree.DecisionTreeClassifier(max_depth=4, **grow), NUMERIC, Y.words)
    case("tree-flags", lambda: tree.DecisionTreeClassifier(max_leaf_nodes=9, **grow), NUMERIC, Y.flags)
    case("tree-three", lambda: tree.DecisionTreeClassifier(criterion="entropy", **grow), NUMERIC, Y.levels)
    case("tree-twelve", lambda: tree.DecisionTreeClassifier(**grow), NUMERIC, Y.twelve)
    case("tree-weighted", lambda: tree.DecisionTreeClassifier(max_depth=4, class_weight="balanced", **grow), NUMERIC, (Y.twelve > 40).astype(int))
    case("tree-pruned", lambda: tree.DecisionTreeClassifier(ccp_alpha=0.02, **grow), NUMERIC, Y.three)
    case("tree-grid", lambda: tree.DecisionTreeClassifier(**grow), GRID, YG.three)
    case("tree-constant", lambda: tree.DecisionTreeClassifier(max_depth=1, min_samples_split=1000, **grow), NUMERIC, Y.words)
    case("tree-labels", lambda: tree.DecisionTreeClassifier(max_depth=4, **grow), NUMERIC, Y.labels)
    case("tree-regressor", lambda: tree.DecisionTreeRegressor(max_depth=5, **grow), NUMERIC, Y.value)
    case("tree-regressor-grid", lambda: tree.DecisionTreeRegressor(**grow), GRID, YG.value)
    case("tree-regressor-pair", lambda: tree.DecisionTreeRegressor(max_depth=4, **grow), NUMERIC, Y.pair)
    absolute = "absolute_error" if VERSION >= (1, 0) else "mae"
    case("tree-regressor-absolute", lambda: tree.DecisionTreeRegressor(max_depth=4, criterion=absolute, **grow), NUMERIC, Y.value)
    case("tree-regressor-poisson", lambda: tree.DecisionTreeRegressor(max_depth=4, criterion="poisson", **grow), NUMERIC, Y.count, since=(0, 24))
    case("tree-missing", lambda: tree.DecisionTreeClassifier(max_depth=6, **grow), MISSING, Y.words, since=(1, 3))
    case("tree-missing-regressor", lambda: tree.DecisionTreeRegressor(max_depth=6, **grow), MISSING, Y.value, since=(1, 3))
    case("tree-monotonic", lambda: tree.DecisionTreeClassifier(max_depth=5, monotonic_cst=[1, 0, 0, -1, 0], **grow), NUMERIC, Y.binary, since=(1, 4))
    case("extra-tree", lambda: tree.ExtraTreeClassifier(max_depth=5, **grow), NUMERIC, Y.three)
    case("extra-tree-regressor", lambda: tree.ExtraTreeRegressor(max_depth=5, **grow), NUMERIC, Y.value)
    case("forest-binary", lambda: en.RandomForestClassifier(**forest), NUMERIC, Y.words)
    case("forest-named", lambda: en.RandomForestClassifier(**forest), NAMED, Y.words)
    case("forest-three", lambda: en.RandomForestClassifier(class_weight="balanced_subsample", **forest), NUMERIC, Y.levels)
    case("forest-twelve", lambda: en.RandomForestClassifier(n_estimators=10, max_depth=4, random_state=0), NUMERIC, Y.twelve)
    case("forest-grid", lambda: en.RandomForestClassifier(n_estimators=10, random_state=0), GRID, YG.binary)
    case("forest-samples", lambda: en.RandomForestClassifier(max_samples=0.5, oob_score=True, **forest), NUMERIC, Y.binary)
    case("forest-labels", lambda: en.RandomForestClassifier(n_estimators=6, max_depth=4, random_state=0), NUMERIC, Y.labels)
    case("forest-scaled", lambda: make_pipeline(StandardScaler(), en.RandomForestClassifier(**forest)), NUMERIC, Y.three)
    case("forest-missing", lambda: en.RandomForestClassifier(**forest), MISSING, Y.words, since=(1, 4))
    case("forest-regressor", lambda: en.RandomForestRegressor(**forest), NUMERIC, Y.value)
    case("forest-regressor-grid", lambda: en.RandomForestRegressor(n_estimators=10, random_state=0, max_depth=6), GRID, YG.value)
    case("forest-regressor-pair", lambda: en.RandomForestRegressor(n_estimators=6, max_depth=4, random_state=0), NUMERIC, Y.pair)
    case("forest-regressor-missing", lambda: en.RandomForestRegressor(**forest), MISSING, Y.value, since=(1, 4))
    case("forest-stumps", lambda: en.RandomForestRegressor(n_estimators=20, max_depth=1, random_state=0), NUMERIC, Y.value)
    case("extra-trees-binary", lambda: en.ExtraTreesClassifier(**forest), NUMERIC, Y.binary)
    case("extra-trees-three", lambda: en.ExtraTreesClassifier(bootstrap=True, **forest), NUMERIC, Y.levels)
    case("extra-trees-regressor", lambda: en.ExtraTreesRegressor(**forest), NUMERIC, Y.value)
    case("extra-trees-missing", lambda: en.ExtraTreesClassifier(**forest), MISSING, Y.words, since=(1, 6))
    case("isolation-forest", lambda: en.IsolationForest(n_estimators=12, max_samples=64, random_state=0), NUMERIC, None, how="close")
    case("isolation-forest-features", lambda: en.IsolationForest(n_estimators=12, max_features=0.6, contamination=0.1, random_state=0), NUMERIC, None, how="close")
    case("random-trees-embedding", lambda: make_pipeline(en.RandomTreesEmbedding(n_estimators=4, max_depth=2, random_state=0), tree.DecisionTreeClassifier(max_depth=3, random_state=0)), NUMERIC, Y.binary, of="RandomTreesEmbedding")
