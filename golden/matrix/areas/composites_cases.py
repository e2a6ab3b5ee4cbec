import scipy.stats
from sklearn import ensemble as en
from sklearn import model_selection as ms
from sklearn import multiclass as mc
from sklearn import multioutput as mo
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from book import VERSION
from data import *


def tree():
    return DecisionTreeClassifier(max_depth=3, random_state=0)


def three_models():
    return [("a", LogisticRegression(max_iter=300)), ("b", tree()), ("c", GaussianNB())]


def two_regressors():
    return [("a", Ridge()), ("b", DecisionTreeRegressor(max_depth=4, random_state=0))]


def base(model):
    return {"estimator" if VERSION >= (1, 2) else "base_estimator": model}


def halving():
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401

    return ms.HalvingGridSearchCV(tree(), {"max_depth": [2, 3, 4]}, cv=3, random_state=0)


def fixed():
    return ms.FixedThresholdClassifier(LogisticRegression(), threshold=0.3, response_method="predict_proba")


def cases(case):
    case("bagging", lambda: en.BaggingClassifier(n_estimators=6, random_state=0, **base(tree())), NUMERIC, Y.levels)
    case("bagging-features", lambda: en.BaggingClassifier(n_estimators=6, max_features=0.6, bootstrap_features=True, random_state=0, **base(tree())), NUMERIC, Y.words)
    case("bagging-votes", lambda: en.BaggingClassifier(n_estimators=6, random_state=0, **base(LinearSVC(random_state=0))), SCALED, YS.three)
    case("bagging-regressor", lambda: en.BaggingRegressor(n_estimators=6, max_features=3, random_state=0), NUMERIC, Y.value)
    case("voting-soft", lambda: en.VotingClassifier(three_models(), voting="soft", weights=[1, 2, 0.5]), SCALED, YS.words)
    case("voting-hard", lambda: en.VotingClassifier(three_models()), SCALED, YS.levels)
    case("voting-hard-weights", lambda: en.VotingClassifier(three_models(), weights=[1, 3, 1]), SCALED, YS.three)
    case("voting-dropped", lambda: en.VotingClassifier(three_models()[:2] + [("c", "drop")], voting="soft"), SCALED, YS.three)
    case("voting-pipelines", lambda: en.VotingClassifier([("a", make_pipeline(StandardScaler(), LogisticRegression())), ("b", tree())], voting="soft"), NUMERIC, Y.words)
    case("voting-regressor", lambda: en.VotingRegressor(two_regressors(), weights=[2, 1]), SCALED, YS.value)
    stack = lambda **k: en.StackingClassifier(three_models(), cv=3, **k)
    case("stacking-binary", lambda: stack(), SCALED, YS.words)
    case("stacking-three", lambda: stack(), SCALED, YS.levels)
    case("stacking-passthrough", lambda: stack(passthrough=True), SCALED, YS.binary)
    case("stacking-decisions", lambda: en.StackingClassifier([("a", LinearSVC(random_state=0)), ("b", tree())], final_estimator=en.RandomForestClassifier(5, max_depth=3, random_state=0), cv=3), SCALED, YS.three)
    case("stacking-predict", lambda: stack(stack_method="predict"), SCALED, YS.three)
    case("stacking-regressor", lambda: en.StackingRegressor(two_regressors(), cv=3), SCALED, YS.value)
    case("stacking-regressor-passthrough", lambda: en.StackingRegressor(two_regressors(), final_estimator=Ridge(), passthrough=True, cv=3), SCALED, YS.value)
    case("one-vs-rest", lambda: mc.OneVsRestClassifier(LinearSVC(random_state=0)), SCALED, YS.levels)
    case("one-vs-rest-proba", lambda: mc.OneVsRestClassifier(LogisticRegression()), SCALED, YS.three)
    case("one-vs-rest-binary", lambda: mc.OneVsRestClassifier(LogisticRegression()), SCALED, YS.words)
    case("one-vs-rest-switches", lambda: mc.OneVsRestClassifier(LogisticRegression()), SCALED, YS.switches)
    case("one-vs-one", lambda: mc.OneVsOneClassifier(LogisticRegression()), SCALED, YS.levels)
    case("one-vs-one-trees", lambda: mc.OneVsOneClassifier(tree()), NUMERIC, Y.three)
    case("output-code", lambda: mc.OutputCodeClassifier(LogisticRegression(), code_size=2, random_state=0), SCALED, YS.three)
    case("multi-output-classifier", lambda: mo.MultiOutputClassifier(LogisticRegression()), SCALED, YS.labels)
    case("multi-output-regressor", lambda: mo.MultiOutputRegressor(Ridge()), SCALED, YS.pair)
    case("classifier-chain", lambda: mo.ClassifierChain(LogisticRegression(), order=[2, 0, 1]), SCALED, YS.switches)
    case("regressor-chain", lambda: mo.RegressorChain(Ridge(), order=[1, 0]), SCALED, YS.pair)
    case("target-log", lambda: TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1), SCALED, YS.positive)
    case("target-scaled", lambda: TransformedTargetRegressor(Ridge(), transformer=StandardScaler()), SCALED, YS.value)
    case("target-quantile", lambda: TransformedTargetRegressor(LinearRegression(), transformer=QuantileTransformer(n_quantiles=30, output_distribution="normal")), SCALED, YS.value)
    case("target-pipeline", lambda: make_pipeline(StandardScaler(), TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp)), NUMERIC, Y.positive)
    case("grid-search", lambda: ms.GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [0.1, 1.0]}, cv=3), NUMERIC, Y.words, of="GridSearchCV")
    case("grid-search-forest", lambda: ms.GridSearchCV(en.RandomForestClassifier(5, random_state=0), {"max_depth": [2, 4]}, cv=3), NUMERIC, Y.levels, of="GridSearchCV", how="exact")
    case("randomized-search", lambda: ms.RandomizedSearchCV(tree(), {"max_depth": scipy.stats.randint(2, 6)}, n_iter=3, cv=3, random_state=0), NUMERIC, Y.words, of="RandomizedSearchCV", how="exact")
    case("halving-search", halving, NUMERIC, Y.three, since=(0, 24), of="HalvingGridSearchCV", how="exact")
    case("threshold-tuned", lambda: ms.TunedThresholdClassifierCV(LogisticRegression(), scoring="balanced_accuracy", cv=3), SCALED, YS.binary, since=(1, 5))
    case("threshold-tuned-words", lambda: ms.TunedThresholdClassifierCV(make_pipeline(StandardScaler(), LogisticRegression()), cv=3), NUMERIC, (Y.twelve > 40).astype(int), since=(1, 5))
    case("threshold-fixed", fixed, SCALED, YS.binary, since=(1, 5))
    case("threshold-fixed-decision", lambda: ms.FixedThresholdClassifier(LogisticRegression(), threshold=-0.4, pos_label="no", response_method="decision_function"), SCALED, YS.words, since=(1, 5))
    union = lambda: FeatureUnion([("s", StandardScaler()), ("m", MinMaxScaler())], transformer_weights={"m": 3.0})
    case("pipeline-nested", lambda: Pipeline([("a", Pipeline([("b", union()), ("c", "passthrough")])), ("d", Pipeline([("e", LogisticRegression())]))]), NUMERIC, Y.words, of="Pipeline", transform=None)
    case("feature-union", lambda: make_pipeline(union(), Ridge()), NUMERIC, Y.value, of="FeatureUnion")
