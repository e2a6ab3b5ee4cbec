from sklearn import preprocessing as pp
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer
from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.tree import DecisionTreeRegressor

from book import VERSION
from data import *


def cases(case):
    def step(name, make, pair=NUMERIC, target=None, transform="exact", of=None, **when):
        """A transformer in front of a linear model, whose coefficients are the fit's own."""
        target = Y.value if target is None else target
        case(name, lambda: make_pipeline(make(), Ridge()), pair, target, of=of or type(make()).__name__ if inside(when) else None, transform=transform, **when)

    def inside(when):
        return VERSION >= when.get("since", (0, 0)) and VERSION <= when.get("until", (9, 9))

    step("standard-scaler", lambda: pp.StandardScaler())
    step("standard-scaler-mean", lambda: pp.StandardScaler(with_std=False))
    step("standard-scaler-std", lambda: pp.StandardScaler(with_mean=False))
    step("standard-scaler-constant", lambda: pp.StandardScaler(), each(lambda x: np.c_[x, np.full(len(x), 3.0)], NUMERIC))
    step("min-max-scaler", lambda: pp.MinMaxScaler((-1, 2)))
    step("min-max-scaler-clip", lambda: pp.MinMaxScaler(clip=True), since=(0, 24))
    step("max-abs-scaler", lambda: pp.MaxAbsScaler())
    step("robust-scaler", lambda: pp.RobustScaler(quantile_range=(10, 90)))
    step("robust-scaler-unit", lambda: pp.RobustScaler(unit_variance=True), since=(0, 24))
    for norm in ["l1", "l2", "max"]:
        step("normalizer-" + norm, lambda norm=norm: pp.Normalizer(norm), transform="ulp")
    step("binarizer", lambda: pp.Binarizer(threshold=0.5))
    step("power-yeo-johnson", lambda: pp.PowerTransformer(), transform="close")
    step("power-box-cox", lambda: pp.PowerTransformer("box-cox"), each(lambda x: np.abs(x) + 0.1, NUMERIC), transform="close")
    step("power-plain", lambda: pp.PowerTransformer(standardize=False), transform="close")
    step("quantile-uniform", lambda: pp.QuantileTransformer(n_quantiles=40), transform="close")
    step("quantile-normal", lambda: pp.QuantileTransformer(n_quantiles=40, output_distribution="normal"), transform="close")
    step("quantile-ties", lambda: pp.QuantileTransformer(n_quantiles=30), COUNTS, transform="close")
    step("polynomial", lambda: pp.PolynomialFeatures(2), transform="ulp")
    step("polynomial-3", lambda: pp.PolynomialFeatures(3, include_bias=False), SCALED, YS.value, transform="ulp")
    step("polynomial-interactions", lambda: pp.PolynomialFeatures(3, interaction_only=True), SCALED, YS.value, transform="ulp")
    step("polynomial-range", lambda: pp.PolynomialFeatures((2, 3)), SCALED, YS.value, transform="ulp", since=(1, 0))
    quantile = {"quantile_method": "averaged_inverted_cdf"} if VERSION >= (1, 7) else {}
    for strategy in ["uniform", "quantile", "kmeans"]:
        more = quantile if strategy == "quantile" else {}
        step("k-bins-" + strategy, lambda strategy=strategy, more=more: pp.KBinsDiscretizer(4, encode="ordinal", strategy=strategy, **more))
    step("k-bins-onehot", lambda: pp.KBinsDiscretizer(4, encode="onehot", **quantile), GRID, YG.value)
    step("k-bins-dense", lambda: pp.KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform"))
    step("spline", lambda: pp.SplineTransformer(), transform="close", since=(1, 0))
    for extrapolation in ["constant", "linear", "continue", "periodic", "error"]:
        pair = NUMERIC if extrapolation != "error" else Pair(NUMERIC.train, NUMERIC.train[:TEST_ROWS])
        step("spline-" + extrapolation, lambda e=extrapolation: pp.SplineTransformer(4, degree=3, extrapolation=e, include_bias=False), pair, transform="close", since=(1, 0))
    step("spline-quantile", lambda: pp.SplineTransformer(5, degree=2, knots="quantile"), transform="close", since=(1, 0))
    step("function-log1p", lambda: pp.FunctionTransformer(np.log1p), POSITIVE, transform="ulp")
    step("function-sqrt", lambda: pp.FunctionTransformer(np.sqrt), POSITIVE)
    step("function-none", lambda: pp.FunctionTransformer())
    step("simple-mean", lambda: SimpleImputer(), MISSING)
    step("simple-median", lambda: SimpleImputer(strategy="median"), MISSING)
    step("simple-frequent", lambda: SimpleImputer(strategy="most_frequent"), MISSING)
    step("simple-constant", lambda: SimpleImputer(strategy="constant", fill_value=-7.5), MISSING)
    step("simple-indicator", lambda: SimpleImputer(add_indicator=True), MISSING)
    step("simple-marker", lambda: SimpleImputer(missing_values=0, strategy="median"), COUNTS)
    hollow = each(lambda x: np.c_[x, np.full(len(x), np.nan)], MISSING)
    step("simple-empty-column", lambda: SimpleImputer(), hollow)
    step("simple-keep-empty", lambda: SimpleImputer(keep_empty_features=True), hollow, since=(1, 2))
    step("knn-imputer", lambda: KNNImputer(n_neighbors=3), MISSING, transform="close")
    step("knn-imputer-distance", lambda: KNNImputer(n_neighbors=4, weights="distance", add_indicator=True), MISSING, transform="close")
    step("iterative-imputer", lambda: IterativeImputer(max_iter=4, random_state=0, tol=1e-2), MISSING, transform="close")
    step("iterative-imputer-bounds", lambda: IterativeImputer(BayesianRidge(), max_iter=3, random_state=0, initial_strategy="median", imputation_order="roman", min_value=-20, max_value=20), MISSING, transform="close", since=(0, 24))
    step("iterative-imputer-tree", lambda: IterativeImputer(DecisionTreeRegressor(max_depth=4, random_state=0), max_iter=3, random_state=0), MISSING, transform="close")
    step("missing-indicator", lambda: FeatureUnion([("fill", SimpleImputer()), ("flag", MissingIndicator())]), MISSING, of="MissingIndicator")
    step("missing-indicator-all", lambda: FeatureUnion([("fill", SimpleImputer()), ("flag", MissingIndicator(features="all"))]), MISSING, of="MissingIndicator")
    dense = {"sparse_output" if VERSION >= (1, 2) else "sparse": False}
    one_hot = lambda name, make, pair=WORDS, **when: step(name, make, pair, YF.value, **when)
    one_hot("one-hot", lambda: pp.OneHotEncoder(handle_unknown="ignore"))
    one_hot("one-hot-dense", lambda: pp.OneHotEncoder(handle_unknown="ignore", **dense))
    one_hot("one-hot-gaps", lambda: pp.OneHotEncoder(handle_unknown="ignore"), GAPS, since=(0, 24))
    known = each(lambda f: f[TEXT_COLUMNS], KNOWN)
    one_hot("one-hot-drop", lambda: pp.OneHotEncoder(drop="first"), known)
    one_hot("one-hot-drop-unknown", lambda: pp.OneHotEncoder(drop="first", handle_unknown="ignore"), since=(1, 0))
    one_hot("one-hot-drop-binary", lambda: pp.OneHotEncoder(drop="if_binary"), known, since=(0, 23))
    one_hot("one-hot-drop-chosen", lambda: pp.OneHotEncoder(drop=["Oslo", "f", "mid"]), known)
    one_hot("one-hot-listed", lambda: pp.OneHotEncoder(categories=[["Rome", "Oslo", "Bern", "Paris", "Łódź"], ["m", "f"], ["lo", "mid", "hi"]]), known)
    one_hot("one-hot-infrequent", lambda: pp.OneHotEncoder(min_frequency=20, handle_unknown="infrequent_if_exist"), since=(1, 1))
    one_hot("one-hot-infrequent-most", lambda: pp.OneHotEncoder(max_categories=3, drop="first", handle_unknown="ignore"), since=(1, 1))
    one_hot("one-hot-infrequent-share", lambda: pp.OneHotEncoder(min_frequency=0.1, handle_unknown="infrequent_if_exist", **dense), GAPS, since=(1, 2))
    one_hot("one-hot-warn", lambda: pp.OneHotEncoder(max_categories=3, handle_unknown="warn"), since=(1, 6))
    whole = each(lambda f: f[["rooms", "member"]].astype(int), FRAME)
    one_hot("one-hot-whole", lambda: pp.OneHotEncoder(handle_unknown="ignore"), each(lambda f: f.values, whole))
    one_hot("one-hot-flags", lambda: pp.OneHotEncoder(), each(lambda f: f[["member"]], FRAME))
    one_hot("ordinal", lambda: pp.OrdinalEncoder(), known)
    one_hot("ordinal-listed", lambda: pp.OrdinalEncoder(categories=[["lo", "mid", "hi"]]), each(lambda f: f[["grade"]], FRAME))
    one_hot("ordinal-unknown", lambda: pp.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), since=(0, 24))
    one_hot("ordinal-gaps", lambda: pp.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-2, encoded_missing_value=-1), GAPS, since=(1, 1))
    one_hot("ordinal-infrequent", lambda: pp.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=9, max_categories=3), since=(1, 3))
    one_hot("target-encoder", lambda: pp.TargetEncoder(random_state=0), transform="close", since=(1, 3))
    one_hot("target-encoder-gaps", lambda: pp.TargetEncoder(smooth=5.0, random_state=0), GAPS, transform="close", since=(1, 3))
    classes = lambda name, make, target, **k: case(name, lambda: make_pipeline(make(), LogisticRegression(max_iter=300)), WORDS, target, of="TargetEncoder", transform="close", **k)
    classes("target-encoder-binary", lambda: pp.TargetEncoder(random_state=0), YF.words, since=(1, 3))
    classes("target-encoder-three", lambda: pp.TargetEncoder(random_state=0), YF.levels, since=(1, 4))
