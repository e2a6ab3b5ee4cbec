"""Models that the repository has never seen: made the way people make them, saved, and predicted by Fine and by their library.

    unseen.py FINE [--seed N] [--only WORD] [--keep FOLDER] [--data FOLDER]

FINE is the program. The seed draws rows, missing cells, hyper-parameters and the way each model is saved, so another seed is another
set of models. Tables are those of `examples/`; `--data` adds `compas.csv` and `default_credit_card.csv` where they are. Prints a line a
model and the counts; ends with 1 when a prediction differs. What must agree how far: trees to the last bit, everything that goes through
a matrix product, a logarithm or a 32-bit number to the tolerance written beside it (bench/requirements.txt plus imbalanced-learn,
category_encoders, cloudpickle, skops, lightgbm, catboost, lz4, skl2onnx and onnxmltools).
"""
import argparse
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import traceback
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
warnings.filterwarnings("ignore")

import catboost
import category_encoders
import cloudpickle
import joblib
import lightgbm
import numpy as np
import pandas as pd
import skops.io
import xgboost
from imblearn.ensemble import BalancedRandomForestClassifier
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import Pipeline as Resampled
from imblearn.under_sampling import RandomUnderSampler
from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer  # noqa: F401
from sklearn import calibration, compose, decomposition, discriminant_analysis, dummy, ensemble, feature_selection, frozen, impute
from sklearn import linear_model, model_selection, multiclass, naive_bayes, neighbors, neural_network, pipeline, preprocessing
from sklearn import semi_supervised, svm, tree
from sklearn.feature_extraction import text as texts

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("fine")
args.add_argument("--seed", type=int, default=1)
args.add_argument("--only", default="", help="part of the names of the models to make")
args.add_argument("--keep", help="a folder for models, tables and predictions, which are then not made again")
args.add_argument("--data", help="a folder with compas.csv and default_credit_card.csv")
args = args.parse_args()
ROOT = pathlib.Path(__file__).resolve().parent.parent
EXACT, LAST_BITS, MATRIX, ITERATED, SINGLE = 0.0, 1e-15, 1e-12, 1e-9, 2e-6
COMPRESSORS = [("zlib", 3), ("gzip", 4), ("bz2", 5), ("xz", 2), ("lzma", 2), ("lz4", 1)]
TRAIN_ROWS, TEST_ROWS = 1500, 300


# ---- tables ---------------------------------------------------------------------------------------------------------------
def tables():
    """Name: (frame, target)."""
    read = lambda path: pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    out = {
        "adult": (read(ROOT / "examples/adult/adult_train.parquet"), "income"),
        "german": (read(ROOT / "examples/german/german_credit.csv"), None),
        "diamonds": (read(ROOT / "examples/diamonds/diamonds.parquet"), "price"),
    }
    german = out["german"][0]
    out["german"] = (german, "credit_risk" if "credit_risk" in german else german.columns[-1])
    if args.data:
        folder = pathlib.Path(args.data)
        out["compas"] = (read(folder / "compas.csv").drop(columns=["decile_score", "score_text"]), "two_year_recid")
        out["scores"] = (read(folder / "compas.csv").drop(columns=["decile_score", "two_year_recid"]), "score_text")
        out["default"] = (read(folder / "default_credit_card.csv"), "default-payment-next-month")
    out["cuts"] = (out["diamonds"][0], "cut")
    return out


TABLES = tables()


class Rows:
    """Train and test rows of a table, drawn by the seed, with missing cells in some columns."""

    def __init__(self, rng, name, missing=True, categories=False):
        frame, target = TABLES[name]
        frame = frame.sample(min(len(frame), TRAIN_ROWS + TEST_ROWS), random_state=int(rng.integers(1 << 31))).reset_index(drop=True)
        x, y = frame.drop(columns=target), frame[target]
        self.numbers = [c for c in x if pd.api.types.is_numeric_dtype(x[c])]
        self.texts = [c for c in x if c not in self.numbers]
        if missing:
            for c in rng.permutation(list(x))[: max(2, x.shape[1] // 3)]:
                x[c] = x[c].mask(rng.random(len(x)) < 0.08)
        if categories:
            for c in self.texts:
                x[c] = x[c].astype("category")
        cut = len(frame) - min(TEST_ROWS, len(frame) // 4)
        self.x, self.y, self.test = x[:cut], y[:cut].to_numpy(), x[cut:].reset_index(drop=True)
        if self.y.dtype.kind not in "iufb":
            self.y = self.y.astype(object).astype(str).astype(object)

    @property
    def codes(self):
        """The target as 0, 1, …"""
        return preprocessing.LabelEncoder().fit_transform(self.y)


# ---- steps ----------------------------------------------------------------------------------------------------------------
def pick(rng, *options):
    return options[int(rng.integers(len(options)))]


def steps(rng, rows, numbers=None, words=None, **more):
    """What stands before an estimator: imputation, scaling and encoding by kind of column."""
    scaler = pick(rng, preprocessing.StandardScaler(), preprocessing.MinMaxScaler(), preprocessing.RobustScaler(), preprocessing.MaxAbsScaler())
    numbers = numbers or pipeline.make_pipeline(impute.SimpleImputer(strategy=pick(rng, "mean", "median"), add_indicator=bool(rng.integers(2))), scaler)
    words = words or pipeline.make_pipeline(
        impute.SimpleImputer(strategy="constant", fill_value="missing") if rng.integers(2) else impute.SimpleImputer(strategy="most_frequent"),
        preprocessing.OneHotEncoder(handle_unknown=pick(rng, "ignore", "infrequent_if_exist"), min_frequency=pick(rng, None, 10, 0.02), sparse_output=bool(rng.integers(2))),
    )
    text = compose.make_column_selector(dtype_exclude="number") if rng.integers(2) else rows.texts
    return compose.ColumnTransformer([("num", numbers, rows.numbers), ("cat", words, text)], **more)


def ordinal(rng, rows, **more):
    words = pipeline.make_pipeline(
        impute.SimpleImputer(strategy="constant", fill_value="?"),
        preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
    )
    return compose.ColumnTransformer([("cat", words, rows.texts)], remainder="passthrough", **more)


def behind(rng, rows, estimator, **more):
    return pipeline.Pipeline([("prep", steps(rng, rows, **more)), ("model", estimator)])


CASES = {}


def case(table, tolerance, **how):
    """Registers a maker: a function of a generator and rows, which returns a fitted model."""

    def register(maker):
        CASES[maker.__name__.replace("_", "-")] = (maker, table, tolerance, how)
        return maker

    return register


def simple(name, table, tolerance, estimator, **how):
    """A maker of steps and one estimator."""

    def maker(rng, rows):
        return behind(rng, rows, estimator(rng)).fit(rows.x, rows.y)

    CASES[name] = (maker, table, tolerance, how)


few = lambda rng, low, high: int(rng.integers(low, high))
LOG = lambda rng: float(10 ** rng.uniform(-2, 1))

# ---- classifiers behind steps ---------------------------------------------------------------------------------------------
simple("logistic", "adult", MATRIX, lambda r: linear_model.LogisticRegression(C=LOG(r), max_iter=2000))
simple("logistic-cv", "german", MATRIX, lambda r: linear_model.LogisticRegressionCV(Cs=3, cv=3, max_iter=2000))
simple("logistic-three", "scores|cuts", MATRIX, lambda r: linear_model.LogisticRegression(C=LOG(r), max_iter=500))
simple("forest", "german", EXACT, lambda r: ensemble.RandomForestClassifier(few(r, 10, 60), max_depth=few(r, 3, 12), class_weight=pick(r, None, "balanced"), criterion=pick(r, "gini", "entropy")))
simple("forest-many-classes", "cuts", EXACT, lambda r: ensemble.RandomForestClassifier(few(r, 10, 30), min_samples_leaf=few(r, 1, 9), max_features=pick(r, "sqrt", 0.5, None)))
simple("extra-trees", "adult", EXACT, lambda r: ensemble.ExtraTreesClassifier(few(r, 10, 40), max_depth=few(r, 4, 14), bootstrap=bool(r.integers(2))))
simple("tree", "adult", EXACT, lambda r: tree.DecisionTreeClassifier(max_depth=few(r, 2, 9), ccp_alpha=pick(r, 0.0, 0.001)))
simple("gradient-boosting", "adult", EXACT, lambda r: ensemble.GradientBoostingClassifier(n_estimators=few(r, 10, 60), subsample=pick(r, 1.0, 0.7), loss=pick(r, "log_loss", "exponential")))
simple("gradient-boosting-classes", "cuts", EXACT, lambda r: ensemble.GradientBoostingClassifier(n_estimators=few(r, 5, 20), max_depth=few(r, 2, 5)))
simple("ada-boost", "german", MATRIX, lambda r: ensemble.AdaBoostClassifier(n_estimators=few(r, 10, 40), learning_rate=LOG(r) / 5))
simple("bagged-trees", "german", EXACT, lambda r: ensemble.BaggingClassifier(n_estimators=few(r, 5, 20), max_features=0.7))
simple("bagged-logistic", "german", MATRIX, lambda r: ensemble.BaggingClassifier(linear_model.LogisticRegression(max_iter=1000), n_estimators=few(r, 5, 10), max_samples=0.5))
simple("neighbours", "german", MATRIX, lambda r: neighbors.KNeighborsClassifier(few(r, 3, 15), weights=pick(r, "uniform", "distance"), p=pick(r, 1, 2)), kind="ties")
simple("bayes", "adult", MATRIX, lambda r: naive_bayes.GaussianNB(var_smoothing=1e-3), dense=True)
simple("svc-probability", "german", ITERATED, lambda r: svm.SVC(C=LOG(r), probability=True, kernel=pick(r, "rbf", "poly", "sigmoid"), random_state=0))
simple("svc-decision", "cuts", ITERATED, lambda r: svm.SVC(C=LOG(r), gamma=pick(r, "scale", 0.1)))
simple("linear-svc", "adult", MATRIX, lambda r: svm.LinearSVC(C=LOG(r)))
simple("sgd", "adult", MATRIX, lambda r: linear_model.SGDClassifier(loss=pick(r, "log_loss", "modified_huber"), alpha=1e-3))
simple("ridge-classifier", "cuts", MATRIX, lambda r: linear_model.RidgeClassifier(alpha=LOG(r)))
simple("network", "german", MATRIX, lambda r: neural_network.MLPClassifier((few(r, 5, 30), 8), activation=pick(r, "relu", "tanh", "logistic"), max_iter=60))
simple("lda", "adult", MATRIX, lambda r: discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage=pick(r, "auto", 0.2)), dense=True)
simple("one-vs-rest", "cuts", MATRIX, lambda r: multiclass.OneVsRestClassifier(linear_model.LogisticRegression(max_iter=500)))
simple("calibrated", "adult", ITERATED, lambda r: calibration.CalibratedClassifierCV(svm.LinearSVC(), method=pick(r, "sigmoid", "isotonic"), cv=3))
simple("calibrated-forest", "german", ITERATED, lambda r: calibration.CalibratedClassifierCV(ensemble.RandomForestClassifier(few(r, 10, 30)), method="isotonic", cv=3, ensemble=bool(r.integers(2))))
simple("voting", "german", MATRIX, lambda r: ensemble.VotingClassifier([("a", linear_model.LogisticRegression(max_iter=1000)), ("b", ensemble.RandomForestClassifier(15)), ("c", tree.DecisionTreeClassifier(max_depth=4))], voting=pick(r, "soft", "hard"), weights=pick(r, None, [1, 2, 3])))
simple("stacking", "german", ITERATED, lambda r: ensemble.StackingClassifier([("a", svm.SVC(probability=True, random_state=0)), ("b", ensemble.RandomForestClassifier(15))], linear_model.LogisticRegression(), cv=3, passthrough=bool(r.integers(2))))
simple("self-training", "adult", MATRIX, lambda r: semi_supervised.SelfTrainingClassifier(linear_model.LogisticRegression(max_iter=500)))
simple("tuned-threshold", "german", MATRIX, lambda r: model_selection.TunedThresholdClassifierCV(linear_model.LogisticRegression(max_iter=1000), cv=3), labels=True)
simple("dummy", "german", EXACT, lambda r: dummy.DummyClassifier(strategy=pick(r, "prior", "most_frequent")))
simple("xgboost-behind-steps", "adult", SINGLE, lambda r: xgboost.XGBClassifier(n_estimators=few(r, 10, 60), max_depth=few(r, 2, 7), learning_rate=LOG(r) / 10, booster=pick(r, "gbtree", "dart")), encode=True)
simple("lightgbm-behind-steps", "adult", LAST_BITS, lambda r: lightgbm.LGBMClassifier(n_estimators=few(r, 10, 60), num_leaves=few(r, 4, 31), boosting_type=pick(r, "gbdt", "dart"), verbose=-1))

# ---- regressions ----------------------------------------------------------------------------------------------------------
simple("ridge", "diamonds", MATRIX, lambda r: pick(r, linear_model.Ridge(), linear_model.Lasso(1.0), linear_model.ElasticNetCV(cv=3), linear_model.BayesianRidge(), linear_model.HuberRegressor(max_iter=2000)), dense=True)
simple("forest-regression", "diamonds", EXACT, lambda r: pick(r, ensemble.RandomForestRegressor, ensemble.ExtraTreesRegressor)(few(r, 10, 30), max_depth=few(r, 4, 12)))
simple("boosting-regression", "diamonds", EXACT, lambda r: ensemble.GradientBoostingRegressor(loss=pick(r, "squared_error", "huber", "quantile", "absolute_error"), n_estimators=few(r, 10, 50)))
simple("neighbours-regression", "diamonds", MATRIX, lambda r: neighbors.KNeighborsRegressor(few(r, 2, 12), weights=pick(r, "uniform", "distance")))
simple("svr", "diamonds", ITERATED, lambda r: svm.SVR(C=100.0))
simple("network-regression", "diamonds", MATRIX, lambda r: neural_network.MLPRegressor(hidden_layer_sizes=(few(r, 8, 30),), max_iter=100))
simple("tweedie", "diamonds", MATRIX, lambda r: linear_model.TweedieRegressor(power=pick(r, 0, 1, 1.5, 2), link="log", max_iter=500), dense=True)
simple("stacked-regression", "diamonds", MATRIX, lambda r: ensemble.StackingRegressor([("a", linear_model.Ridge()), ("b", tree.DecisionTreeRegressor(max_depth=5))], cv=3, passthrough=bool(r.integers(2))))
simple("log-target", "diamonds", MATRIX, lambda r: compose.TransformedTargetRegressor(linear_model.Ridge(), func=np.log1p, inverse_func=np.expm1))
simple("lightgbm-regression", "diamonds", LAST_BITS, lambda r: lightgbm.LGBMRegressor(objective=pick(r, "regression", "l1", "poisson", "tweedie"), n_estimators=few(r, 10, 60), verbose=-1))


# ---- searches and other ways of putting things together --------------------------------------------------------------------
@case("german", MATRIX)
def grid_search(rng, rows):
    model = behind(rng, rows, linear_model.LogisticRegression(max_iter=1000))
    return model_selection.GridSearchCV(model, {"model__C": [0.1, 1.0]}, cv=3).fit(rows.x, rows.y)


@case("german", EXACT)
def random_search(rng, rows):
    import scipy.stats

    model = behind(rng, rows, ensemble.RandomForestClassifier(20))
    grid = {"model__max_depth": scipy.stats.randint(2, 10), "model__max_features": scipy.stats.uniform(0.2, 0.5)}
    return model_selection.RandomizedSearchCV(model, grid, n_iter=3, cv=3, random_state=0).fit(rows.x, rows.y)


@case("adult", EXACT)
def halving_search(rng, rows):
    model = behind(rng, rows, tree.DecisionTreeClassifier())
    return model_selection.HalvingGridSearchCV(model, {"model__max_depth": [2, 4, 8]}, cv=3).fit(rows.x, rows.y)


@case("adult", MATRIX)
def union(rng, rows):
    numbers = pipeline.make_pipeline(
        impute.KNNImputer(n_neighbors=few(rng, 2, 6)),
        preprocessing.PowerTransformer(),
        pipeline.FeatureUnion([("pca", decomposition.PCA(2, whiten=bool(rng.integers(2)))), ("best", feature_selection.SelectKBest(k=2))]),
    )
    return behind(rng, rows, linear_model.LogisticRegression(max_iter=1000), numbers=numbers, sparse_threshold=0).fit(rows.x, rows.y)


@case("german", ITERATED)
def iterated_imputation(rng, rows):
    numbers = pipeline.make_pipeline(impute.IterativeImputer(max_iter=4, random_state=0), preprocessing.QuantileTransformer(n_quantiles=50, output_distribution=pick(rng, "normal", "uniform")))
    return behind(rng, rows, linear_model.LogisticRegression(max_iter=1000), numbers=numbers).fit(rows.x, rows.y)


@case("adult", MATRIX)
def bins_and_products(rng, rows):
    numbers = pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.KBinsDiscretizer(few(rng, 3, 7), encode=pick(rng, "ordinal", "onehot-dense"), strategy=pick(rng, "uniform", "quantile")), preprocessing.PolynomialFeatures(2, interaction_only=bool(rng.integers(2))))
    return behind(rng, rows, linear_model.LogisticRegression(max_iter=1000), numbers=numbers).fit(rows.x, rows.y)


@case("diamonds", MATRIX)
def splines(rng, rows):
    numbers = pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.SplineTransformer(few(rng, 3, 6), degree=pick(rng, 2, 3)))
    return behind(rng, rows, linear_model.Ridge(), numbers=numbers).fit(rows.x, rows.y)


@case("german", EXACT)
def frames_between_steps(rng, rows):
    model = behind(rng, rows, ensemble.RandomForestClassifier(20), sparse_threshold=0)
    model[0].transformers[1][1].steps[-1][1].sparse_output = False
    return model.set_output(transform="pandas").fit(rows.x, rows.y)


@case("adult", EXACT)
def target_encoder(rng, rows):
    words = preprocessing.TargetEncoder(smooth=pick(rng, "auto", 5.0), random_state=0)
    return behind(rng, rows, ensemble.ExtraTreesClassifier(20, max_depth=8), words=words).fit(rows.x, rows.y)


@case("adult", EXACT)
def chosen_by_a_forest(rng, rows):
    select = feature_selection.SelectFromModel(ensemble.ExtraTreesClassifier(15, random_state=0), threshold=pick(rng, "median", "mean", "0.5*mean"))
    return pipeline.make_pipeline(ordinal(rng, rows), impute.SimpleImputer(), select, ensemble.RandomForestClassifier(15)).fit(rows.x, rows.y)


@case("compas|german", ITERATED)
def words_of_a_text(rng, rows):
    column = "c_charge_desc" if "c_charge_desc" in rows.x else rows.texts[0]
    fill = lambda x: x.fillna({column: "none"})
    rows.x, rows.test = fill(rows.x), fill(rows.test)
    tfidf = texts.TfidfVectorizer(ngram_range=pick(rng, (1, 1), (1, 2)), min_df=2, sublinear_tf=bool(rng.integers(2)))
    numbers = pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler())
    prep = compose.ColumnTransformer([("t", tfidf, column), ("n", numbers, rows.numbers)])
    return pipeline.make_pipeline(prep, linear_model.LogisticRegression(max_iter=1000)).fit(rows.x, rows.y)


@case("default|adult", MATRIX)
def logarithms(rng, rows):
    numbers = pipeline.make_pipeline(impute.SimpleImputer(strategy="median"), preprocessing.FunctionTransformer(np.abs), preprocessing.FunctionTransformer(np.log1p, feature_names_out="one-to-one"), preprocessing.StandardScaler())
    prep = compose.ColumnTransformer([("n", numbers, rows.numbers)])
    return pipeline.make_pipeline(prep, linear_model.LogisticRegression(max_iter=1000)).fit(rows.x, rows.y)


@case("german", ITERATED)
def calibrated_after_fitting(rng, rows):
    model = behind(rng, rows, ensemble.RandomForestClassifier(20, max_depth=6)).fit(rows.x[:600], rows.y[:600])
    return calibration.CalibratedClassifierCV(frozen.FrozenEstimator(model), method=pick(rng, "sigmoid", "isotonic")).fit(rows.x[600:], rows.y[600:])


@case("adult", ITERATED)
def stacked_pipelines(rng, rows):
    members = [("a", behind(rng, rows, linear_model.LogisticRegression(max_iter=1000))), ("b", pipeline.make_pipeline(ordinal(rng, rows), ensemble.HistGradientBoostingClassifier(max_iter=20)))]
    return ensemble.StackingClassifier(members, cv=3).fit(rows.x, rows.y)


@case("german", MATRIX)
def voting_pipelines(rng, rows):
    members = [("a", behind(rng, rows, linear_model.LogisticRegression(max_iter=1000))), ("b", behind(rng, rows, ensemble.RandomForestClassifier(15)))]
    return ensemble.VotingClassifier(members, voting="soft").fit(rows.x, rows.y)


# ---- resampling and encoders of other packages -----------------------------------------------------------------------------
@case("german", EXACT)
def smote(rng, rows):
    return Resampled([("prep", steps(rng, rows)), ("smote", SMOTE(random_state=0)), ("model", ensemble.RandomForestClassifier(20, max_depth=8))]).fit(rows.x, rows.y)


@case("adult", MATRIX)
def resampled(rng, rows):
    sampler = pick(rng, RandomUnderSampler(random_state=0), RandomOverSampler(random_state=0))
    return Resampled([("prep", steps(rng, rows)), ("sample", sampler), ("model", linear_model.LogisticRegression(max_iter=1000))]).fit(rows.x, rows.y)


@case("german", EXACT)
def balanced_forest(rng, rows):
    return behind(rng, rows, BalancedRandomForestClassifier(15, replacement=True, sampling_strategy="all", bootstrap=False)).fit(rows.x, rows.y)


def encoded(name):
    def maker(rng, rows):
        more = {} if name == "OrdinalEncoder" else {"cols": rows.texts}
        encoder = getattr(category_encoders, name)(**more)
        return pipeline.make_pipeline(encoder, impute.SimpleImputer(), ensemble.RandomForestClassifier(15, max_depth=7)).fit(rows.x, rows.codes)

    return maker


for name in ("OrdinalEncoder", "OneHotEncoder", "TargetEncoder", "BinaryEncoder", "CountEncoder"):
    CASES[f"category-encoders-{name.removesuffix('Encoder').lower()}"] = (encoded(name), "german", EXACT, {})


# ---- boosting on frames ---------------------------------------------------------------------------------------------------
def halves(rows):
    half = len(rows.x) * 3 // 4
    return rows.x[:half], rows.codes[:half], rows.x[half:], rows.codes[half:]


@case("adult", EXACT, categories=True)
def hist_categories(rng, rows):
    return ensemble.HistGradientBoostingClassifier(categorical_features="from_dtype", max_iter=few(rng, 10, 60), early_stopping=bool(rng.integers(2)), max_leaf_nodes=few(rng, 5, 31)).fit(rows.x, rows.y)


@case("diamonds", LAST_BITS, categories=True)
def hist_regression(rng, rows):
    return ensemble.HistGradientBoostingRegressor(loss=pick(rng, "squared_error", "poisson", "gamma", "absolute_error"), max_iter=few(rng, 10, 60)).fit(rows.x, rows.y)


@case("cuts", LAST_BITS)
def hist_behind_steps(rng, rows):
    return pipeline.make_pipeline(ordinal(rng, rows), ensemble.HistGradientBoostingClassifier(max_iter=few(rng, 5, 30), categorical_features=list(range(len(rows.texts))))).fit(rows.x, rows.y)


@case("adult", SINGLE, categories=True)
def xgboost_categories(rng, rows):
    x, y, more, truth = halves(rows)
    model = xgboost.XGBClassifier(n_estimators=200, enable_categorical=True, early_stopping_rounds=5, max_depth=few(rng, 2, 7), max_cat_to_onehot=pick(rng, 1, 4, 20), tree_method="hist")
    return model.fit(x, y, eval_set=[(more, truth)], verbose=False)


@case("cuts", SINGLE, categories=True, save="xgboost")
def xgboost_classes_native_file(rng, rows):
    return xgboost.XGBClassifier(n_estimators=few(rng, 5, 20), enable_categorical=True, tree_method="hist").fit(rows.x, rows.codes)


@case("diamonds", SINGLE, numbers=True, save="xgboost")
def xgboost_regression_native_file(rng, rows):
    return xgboost.XGBRegressor(objective=pick(rng, "reg:squarederror", "reg:gamma", "count:poisson", "reg:absoluteerror"), n_estimators=few(rng, 10, 50)).fit(rows.x, rows.y)


@case("default|adult", SINGLE, numbers=True)
def xgboost_forest(rng, rows):
    return pick(rng, xgboost.XGBRFClassifier, xgboost.XGBClassifier)(n_estimators=few(rng, 5, 30), max_depth=few(rng, 3, 8), base_score=pick(rng, None, 0.3)).fit(rows.x, rows.codes)


@case("adult", LAST_BITS, categories=True)
def lightgbm_categories(rng, rows):
    x, y, more, truth = halves(rows)
    model = lightgbm.LGBMClassifier(n_estimators=200, num_leaves=few(rng, 4, 31), verbose=-1, max_cat_to_onehot=pick(rng, 1, 4))
    return model.fit(x, y, eval_set=[(more, truth)], callbacks=[lightgbm.early_stopping(5, verbose=False)])


@case("cuts", LAST_BITS, categories=True, save="lightgbm")
def lightgbm_classes_native_file(rng, rows):
    return lightgbm.LGBMClassifier(n_estimators=few(rng, 5, 20), objective=pick(rng, "multiclass", "multiclassova"), verbose=-1).fit(rows.x, rows.codes)


def cat_frames(rows):
    for frame in (rows.x, rows.test):
        for c in rows.texts:
            frame[c] = frame[c].astype(object).where(frame[c].notna(), "none").astype(str)


@case("adult", LAST_BITS)
def catboost_categories(rng, rows):
    cat_frames(rows)
    x, y, more, truth = halves(rows)
    model = catboost.CatBoostClassifier(iterations=80, depth=few(rng, 2, 7), one_hot_max_size=pick(rng, 2, 6), cat_features=rows.texts, verbose=0, allow_writing_files=False, thread_count=1, random_seed=few(rng, 0, 999))
    return model.fit(x, y, eval_set=(more, truth), early_stopping_rounds=8)


@case("diamonds", LAST_BITS, save="catboost")
def catboost_regression_native_file(rng, rows):
    cat_frames(rows)
    return catboost.CatBoostRegressor(iterations=few(rng, 10, 60), loss_function=pick(rng, "RMSE", "MAE", "Quantile:alpha=0.7"), grow_policy=pick(rng, "SymmetricTree", "Depthwise", "Lossguide"), cat_features=rows.texts, verbose=0, allow_writing_files=False, thread_count=1).fit(rows.x, rows.y)


@case("cuts", LAST_BITS)
def catboost_classes(rng, rows):
    cat_frames(rows)
    return catboost.CatBoostClassifier(iterations=few(rng, 10, 30), cat_features=rows.texts, verbose=0, allow_writing_files=False, thread_count=1).fit(rows.x, rows.y)


# ---- graphs ---------------------------------------------------------------------------------------------------------------
def graph_types(rows):
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    return [(c, StringTensorType([None, 1]) if c in rows.texts else FloatTensorType([None, 1])) for c in rows.x]


@case("adult", SINGLE, missing=False, save="onnx", rows32=True)
def onnx_pipeline(rng, rows):
    return behind(rng, rows, pick(rng, linear_model.LogisticRegression(max_iter=1000), ensemble.RandomForestClassifier(15, max_depth=6)), words=preprocessing.OneHotEncoder(handle_unknown="ignore")).fit(rows.x, rows.y)


@case("diamonds", 2e-5, missing=False, save="onnx", rows32=True)
def onnx_regression(rng, rows):
    return behind(rng, rows, ensemble.GradientBoostingRegressor(n_estimators=30), words=preprocessing.OneHotEncoder(handle_unknown="ignore")).fit(rows.x, rows.y)


# ---- saving, predicting, comparing ----------------------------------------------------------------------------------------
def save(rng, model, rows, how, folder):
    form = how.get("save") or pick(rng, "pickle", "joblib", "compressed", "cloudpickle", "bundle", "skops")
    if form == "xgboost":
        name = pick(rng, "model.json", "model.ubj")
        model.save_model(folder / name)
    elif form == "lightgbm":
        name = "model.txt"
        model.booster_.save_model(folder / name)
    elif form == "catboost":
        name = pick(rng, "model.cbm", "model.json")
        model.save_model(folder / name, format=name.split(".")[1], pool=catboost.Pool(rows.x, rows.y, cat_features=rows.texts))
    elif form == "onnx":
        import skl2onnx

        name = "model.onnx"
        options = {id(model): {"zipmap": bool(rng.integers(2))}} if hasattr(model, "predict_proba") else None
        graph = skl2onnx.convert_sklearn(model, "graph", graph_types(rows), options=options, target_opset=17)
        (folder / name).write_bytes(graph.SerializeToString())
    elif form == "joblib":
        name = "model.joblib"
        joblib.dump(model, folder / name)
    elif form == "compressed":
        name = "model.joblib"
        compressor = pick(rng, *COMPRESSORS)
        joblib.dump(model, folder / name, compress=compressor)
        form = f"joblib {compressor[0]}"
    elif form == "skops":
        name = "model.skops"
        skops.io.dump(model, folder / name)
    else:
        name = "model.pkl"
        content = model if form != "bundle" else {"model": model, "features": list(rows.x), "threshold": 0.4, "metrics": {"auc": 0.8}, "trained": "2026-11-01"}
        protocol = few(rng, 2, 6)
        (folder / name).write_bytes((cloudpickle if form == "cloudpickle" else pickle).dumps(content, protocol=protocol))
        form = f"{form} {protocol}"
    return folder / name, form


def answers(model, test):
    """Kind and numbers: probabilities, decision values or values."""
    if hasattr(model, "predict_proba"):
        return "p_", np.asarray(model.predict_proba(test), dtype=float)
    if hasattr(model, "decision_function"):
        d = np.asarray(model.decision_function(test), dtype=float)
        return "d_", d if d.ndim == 2 else np.stack([-d, d], axis=1)
    value = np.asarray(model.predict(test))
    if value.dtype.kind in "fiu":
        return "", value.astype(float).reshape(len(test), -1)
    return "labels", value


def compare(path, kind, wanted, labels, tolerance):
    """(outcome, what Fine said or how far it is off)."""
    data, out = path.parent / "rows.parquet", path.parent / "fine.csv"
    ran = subprocess.run([args.fine, "predict", "--model", path, "--data", data, "--out", out], capture_output=True, text=True)
    if ran.returncode:
        return "refused", " ".join(ran.stderr.split())
    got = pd.read_csv(out, float_precision="round_trip", keep_default_na=False)
    if kind in ("p_", "d_", "labels"):
        own = got["prediction"].astype(str).to_numpy()
        # A label may be another where two scores are equal but for rounding.
        sure = np.ones(len(labels), bool)
        if kind != "labels":
            top = np.sort(wanted, axis=1)
            sure = top[:, -1] - top[:, -2] > 1e-9
        if (labels[sure] != own[sure]).any():
            return "WRONG", f"{(labels[sure] != own[sure]).sum()} of {sure.sum()} labels"
        if kind == "labels":
            return ("equal", "labels") if len(got.columns) == 1 else ("WRONG", f"columns {list(got)}")
        numbers = got[[c for c in got if c.startswith(kind)]].to_numpy(float)
    else:
        numbers = got[["prediction"]].to_numpy(float)
    if numbers.shape != wanted.shape:
        return "WRONG", f"{numbers.shape} numbers, expected {wanted.shape}; columns {list(got)[:5]}"
    scale = 1.0 if kind == "p_" else max(1.0, np.abs(wanted).max())
    off = np.abs(numbers - wanted)
    largest = off.max() / scale
    return ("equal" if largest <= tolerance else "WRONG"), f"{largest:.1e} of {tolerance:.0e}" + ("" if largest <= tolerance else f", {(off.max(axis=1) / scale > tolerance).sum()} rows")


def make(name, folder):
    """Fits and saves a model with its rows: how it is saved, its file, and what its library answers."""
    maker, table, _, how = CASES[name]
    rng = np.random.default_rng([args.seed, *name.encode()])
    np.random.seed(int(rng.integers(1 << 31)))
    rows = Rows(rng, next(t for t in table.split("|") if t in TABLES), how.get("missing", True), how.get("categories", False))
    if how.get("numbers"):
        rows.x, rows.test, rows.texts = rows.x[rows.numbers], rows.test[rows.numbers], []
    if how.get("encode"):
        rows.y = rows.codes
    if how.get("rows32"):
        for frame in (rows.x, rows.test):
            frame[rows.numbers] = frame[rows.numbers].astype(np.float32).astype(float)
    if how.get("dense"):
        plain = globals()["steps"]
        globals()["steps"] = lambda *a, **k: plain(*a, **{"sparse_threshold": 0, **k})
    try:
        model = maker(rng, rows)
    finally:
        if how.get("dense"):
            globals()["steps"] = plain
    path, form = save(rng, model, rows, how, folder)
    rows.test.to_parquet(folder / "rows.parquet")
    kind, wanted = answers(model, rows.test)
    labels = np.asarray(model.predict(rows.test)).ravel().astype(str) if kind else None
    return form, path.name, kind, wanted, labels


def run(name, folder):
    """How a model is saved, the outcome and what is said of it. A model that a folder of --keep has is not made again."""
    kept = folder / f"made-{args.seed}.joblib"
    if not kept.exists():
        joblib.dump(make(name, folder), kept)
    form, file, kind, wanted, labels = joblib.load(kept)
    return (form, *compare(folder / file, kind, wanted, labels, CASES[name][2]))


def main():
    counts = {}
    width = max(map(len, CASES))
    print(f"seed {args.seed}; scikit-learn {__import__('sklearn').__version__}, xgboost {xgboost.__version__}, lightgbm {lightgbm.__version__}, catboost {catboost.__version__}, pandas {pd.__version__}")
    for name in CASES:
        if args.only not in name:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(args.keep) / name if args.keep else pathlib.Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            try:
                form, outcome, said = run(name, folder)
            except Exception:
                # The library itself refused: a draw of parameters that does not go together, or a saver that cannot save it.
                form, outcome, said = "", "not made", traceback.format_exc().strip().splitlines()[-1]
        counts[outcome] = counts.get(outcome, 0) + 1
        print(f"{name:<{width}}  {form:<14} {outcome:<9} {said}", flush=True)
    print(", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items())))
    sys.exit(1 if counts.get("WRONG") else 0)


main()
