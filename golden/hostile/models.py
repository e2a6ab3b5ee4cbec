"""Fitted models whose attributes were changed after the fit."""
import pickle

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from attacks import attack

X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 0.0]])
Y = np.array([0, 1, 0, 1, 1, 0])
WRONG = ["E-MALFORMED", "E-LIMIT"]


def model(about, code, estimator, **attributes):
    for key, value in attributes.items():
        setattr(estimator, key, value)
    attack("model", about, code, file=pickle.dumps(estimator, protocol=4))


def tree(about, code=WRONG, **changes):
    """A decision tree with fields of its first node (or of a node as `at`) replaced."""
    at = changes.pop("at", 0)
    fitted = DecisionTreeClassifier(random_state=0).fit(X, Y)
    state = fitted.tree_.__getstate__()
    state["nodes"] = state["nodes"].copy()
    for field, value in changes.items():
        state["nodes"][field][at] = value
    changed = state["nodes"].tobytes()
    raw = pickle.dumps(fitted, protocol=4)
    old = fitted.tree_.__getstate__()["nodes"].tobytes()
    assert raw.count(old) == 1
    attack("model", about, code, file=raw.replace(old, changed))


def make():
    trees()
    counts()
    encoders()
    boosters()


def trees():
    tree("A tree whose root is its own child", left_child=0)
    tree("Two children that are the same node", right_child=1)
    tree("A child before its parent", at=2, left_child=1)
    tree("A child beyond the last node", left_child=2**40)
    tree("A child of a negative number", left_child=-5)
    tree("A split on feature one billion", feature=10**9)
    tree("A split on a negative feature", feature=-7)
    tree("A threshold that is no number", code=WRONG, threshold=np.nan)
    fitted = DecisionTreeClassifier(random_state=0).fit(X, Y)
    raw, values = pickle.dumps(fitted, protocol=4), fitted.tree_.value
    attack("model", "Leaf values that are no numbers", WRONG, file=raw.replace(values.tobytes(), np.full_like(values, np.nan).tobytes()))
    regressor = DecisionTreeRegressor(random_state=0).fit(X, Y)
    raw, values = pickle.dumps(regressor, protocol=4), regressor.tree_.value
    attack("model", "Leaf values without an end", WRONG, file=raw.replace(values.tobytes(), np.full_like(values, np.inf).tobytes()))


def counts():
    def forest():
        return RandomForestClassifier(n_estimators=2, random_state=0).fit(X, Y)

    model("A billion classes", WRONG, forest(), n_classes_=10**9, classes_=forest().classes_)
    model("Fewer classes than the leaves have", WRONG, forest(), n_classes_=1)
    model("No trees at all", WRONG, forest(), estimators_=[])
    model("A billion inputs", WRONG, forest(), n_features_in_=10**9)
    model("A negative number of inputs", WRONG, forest(), n_features_in_=-1)
    model("A forest of numbers", [*WRONG, "E-UNSUPPORTED"], forest(), estimators_=[1, 2, 3])
    model("More class names than classes", WRONG, forest(), classes_=np.arange(1000))
    model("Class names that are arrays", [*WRONG, "E-UNSUPPORTED"], forest(), classes_=np.array([np.zeros(2), "x"], dtype=object))
    model("Coefficients of another width", WRONG, make_pipeline(StandardScaler(), Ridge()).fit(X, Y).set_params(), steps=[
        ("scale", StandardScaler().fit(X)), ("ridge", Ridge().fit(np.hstack([X, X]), Y))])
    model("A scale of another width", WRONG, scaled(scale_=np.ones(1000)))
    # As of a column without values; the linear model behind it refuses what comes out.
    model("A scale that is no number", "opens", scaled(scale_=np.full(2, np.nan)))
    model("A scale that is text", WRONG, scaled(scale_=np.array(["a", "b"])))
    model("Coefficients that are no numbers", WRONG, LogisticRegression().fit(X, Y), coef_=np.full((1, 2), np.nan))
    model("Coefficients of a cube", WRONG, LogisticRegression().fit(X, Y), coef_=np.zeros((1, 2, 3)))
    model("An intercept too many", WRONG, LogisticRegression().fit(X, Y), intercept_=np.zeros(3))
    model("A penalty that does not exist is no matter", "opens", LogisticRegression().fit(X, Y), penalty="l7")


def scaled(**attributes):
    scaler = StandardScaler().fit(X)
    for key, value in attributes.items():
        setattr(scaler, key, value)
    return Wrapped(scaler)


class Wrapped:
    """A pipeline around a changed scaler, built without a fit of its own."""

    def __new__(cls, scaler):
        pipeline = make_pipeline(StandardScaler(), Ridge()).fit(X, Y)
        pipeline.steps[0] = (pipeline.steps[0][0], scaler)
        return pipeline


def encoders():
    text = np.array([["a"], ["b"], ["c"], ["a"], ["b"], ["a"]], dtype=object)

    def encoded(encoder, about, code=WRONG, **attributes):
        pipeline = make_pipeline(encoder, Ridge()).fit(text, Y)
        for key, value in attributes.items():
            setattr(pipeline.steps[0][1], key, value)
        attack("model", about, code, file=pickle.dumps(pipeline, protocol=4))

    grouped = lambda: OneHotEncoder(min_frequency=2, handle_unknown="infrequent_if_exist")
    encoded(grouped(), "A group of categories numbered four billion", _default_to_infrequent_mappings=[np.array([0, 2**32 - 1, 1])])
    encoded(grouped(), "A negative group of categories", _default_to_infrequent_mappings=[np.array([0, -1, 1])])
    encoded(grouped(), "Groups of more categories than there are", _default_to_infrequent_mappings=[np.arange(10)])
    encoded(grouped(), "Groups of more columns than there are", _default_to_infrequent_mappings=[np.arange(3), np.arange(3)])
    encoded(OneHotEncoder(drop="first"), "A dropped category beyond the last", drop_idx_=np.array([99], dtype=object), _drop_idx_after_grouping=np.array([99], dtype=object))
    encoded(OneHotEncoder(), "Categories of more columns than there are", categories_=[np.array(["a"]), np.array(["b"])])
    encoded(OneHotEncoder(), "A strategy that does not exist", "E-UNSUPPORTED", handle_unknown="guess")
    encoded(OneHotEncoder(), "No categories", categories_=[])
    ordinal = lambda: OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    encoded(ordinal(), "An unknown value that is text", [*WRONG, "E-UNSUPPORTED"], unknown_value="x")
    pipeline = make_pipeline(PolynomialFeatures(2), Ridge()).fit(X, Y)
    pipeline.steps[0][1].degree = 10**9
    pipeline.steps[0][1]._max_degree = 10**9
    pipeline.steps[0][1]._n_out_full = 2**62
    attack("model", "Polynomials of degree one billion", [*WRONG, "E-UNSUPPORTED"], file=pickle.dumps(pipeline, protocol=4))


def boosters():
    boosted = lambda: GradientBoostingClassifier(n_estimators=2, random_state=0).fit(X, Y)
    model("A learning rate that is no number", WRONG, boosted(), learning_rate=float("nan"))
    model("Stages of another shape", [*WRONG, "E-UNSUPPORTED"], boosted(), estimators_=np.array([[1, 2]], dtype=object))
    model("A start model that is text", [*WRONG, "E-UNSUPPORTED", "E-CUSTOM"], boosted(), init_="zero?")
    hist = HistGradientBoostingRegressor(max_iter=2, min_samples_leaf=1).fit(np.repeat(X, 5, axis=0), np.repeat(Y, 5))
    raw = pickle.dumps(hist, protocol=4)
    nodes = hist._predictors[0][0].nodes
    for about, field, value in [
        ("A histogram tree whose root is its own child", "left", 0),
        ("A histogram tree with a child beyond the last", "right", 2**31),
        ("A histogram tree that splits on feature two billion", "feature_idx", 2**31 - 1),
    ]:
        changed = nodes.copy()
        changed[field][0] = value
        assert raw.count(nodes.tobytes()) >= 1
        attack("model", about, WRONG, file=raw.replace(nodes.tobytes(), changed.tobytes(), 1))
    model("A base prediction of another shape", [*WRONG, "E-UNSUPPORTED"], hist, _baseline_prediction=np.zeros((7, 7)))
