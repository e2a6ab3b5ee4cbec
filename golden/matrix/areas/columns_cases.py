from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from book import VERSION
from data import *

NUMBERS = ["age", "income", "score"]


def fill(model):
    return Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", model)])


def words():
    return Pipeline([("fill", SimpleImputer(strategy="most_frequent")), ("code", OneHotEncoder(handle_unknown="ignore"))])


def prepare(**options):
    grade = OrdinalEncoder(categories=[["lo", "mid", "hi"]])
    return ColumnTransformer([("num", fill(StandardScaler()), NUMBERS), ("cat", words(), ["city", "sex"]), ("ord", grade, ["grade"])], **options)


def cases(case):
    def behind(name, make, pair=FRAME, target=None, model=None, **k):
        k.setdefault("of", "ColumnTransformer")
        model = model or (lambda: LogisticRegression(max_iter=600))
        case(name, lambda: Pipeline([("prepare", make()), ("model", model())]), pair, YF.words if target is None else target, **k)

    tree = lambda: DecisionTreeClassifier(max_depth=5, random_state=0)
    behind("columns-logistic", prepare)
    behind("columns-three", prepare, target=YF.levels)
    behind("columns-forest", prepare, model=lambda: RandomForestClassifier(8, max_depth=5, random_state=0), how="exact")
    behind("columns-remainder", lambda: prepare(remainder="passthrough"))
    behind("columns-remainder-scaled", lambda: prepare(remainder=StandardScaler()))
    behind("columns-weights", lambda: prepare(transformer_weights={"num": 2.0, "cat": 0.5}))
    behind("columns-dense", lambda: prepare(sparse_threshold=0.0))
    behind("columns-sparse", lambda: prepare(sparse_threshold=1.0))
    index = lambda: ColumnTransformer([("num", SimpleImputer(), FRAME.train[NUMBERS].columns), ("cat", OneHotEncoder(handle_unknown="ignore"), FRAME.train[["sex", "grade"]].columns)])
    behind("columns-index", index, model=tree, how="exact")
    chosen = lambda: ColumnTransformer([("num", SimpleImputer(), make_column_selector(dtype_include=np.number)), ("cat", OneHotEncoder(handle_unknown="ignore"), make_column_selector("sex|grade"))])
    behind("columns-selector", chosen, model=tree, how="exact")
    behind("columns-positions", lambda: ColumnTransformer([("num", fill(StandardScaler()), [0, 1, -1]), ("drop", "drop", [4]), ("keep", "passthrough", slice(5, 7))]))
    behind("columns-slice", lambda: ColumnTransformer([("a", SimpleImputer(), slice("age", "income")), ("b", "passthrough", ["rooms"])]))
    behind("columns-mask", lambda: ColumnTransformer([("a", SimpleImputer(), [True, True, False, False, False, True, False, True])]))
    behind("columns-array", lambda: ColumnTransformer([("a", StandardScaler(), [0, 3]), ("b", "passthrough", [1])], remainder=StandardScaler(with_mean=False)), NUMERIC, Y.words)
    behind("columns-made", lambda: make_column_transformer((fill(StandardScaler()), NUMBERS), (OneHotEncoder(handle_unknown="ignore"), ["sex", "grade"])), target=YF.flags)
    behind("columns-log", lambda: ColumnTransformer([("log", FunctionTransformer(np.log1p), ["income"]), ("age", SimpleImputer(add_indicator=True), ["age"])]), transform="ulp")
    behind("columns-twice", lambda: ColumnTransformer([("a", SimpleImputer(), ["age", "score"]), ("b", SimpleImputer(strategy="median"), ["age"])]))
    behind("columns-nested", lambda: ColumnTransformer([("x", ColumnTransformer([("n", SimpleImputer(), [0, 1])], remainder="drop"), NUMBERS), ("c", words(), ["city"])]))
    behind("columns-known", lambda: ColumnTransformer([("c", OneHotEncoder(), TEXT_COLUMNS), ("n", "passthrough", ["age", "rooms"])]), KNOWN, model=tree, how="exact")
    behind("columns-shuffled", prepare, Pair(FRAME.train, FRAME.test[list(FRAME.test.columns[::-1])]), since=(1, 0))

    def pandas_out():
        dense = ColumnTransformer([("num", SimpleImputer(), NUMBERS), ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["sex", "grade"])])
        return dense.set_output(transform="pandas")

    behind("columns-pandas-out", pandas_out, model=tree, how="exact", since=(1, 2))
    behind("columns-short-names", lambda: prepare(verbose_feature_names_out=False), since=(1, 0))
