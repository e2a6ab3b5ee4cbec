"""Writer of golden cases of scikit-learn and of the pickled wrappers; every `model-sklearn-*/make.py` uses it."""
import pathlib
import pickle
import sys

import joblib
import sklearn
from sklearn.base import is_classifier
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from tabular import *

NAMES = np.array(["high", "low"], dtype=object)[1 - BINARY]
# Decimals on a coarse grid for the fit and on a finer one for the test: thresholds lie between floats of 32 bits.
GRID = pd.DataFrame({"a": np.arange(400) % 37 / 10, "b": (np.arange(400) * 7) % 53 / 10})
GRID_CLASS = ((GRID["a"] * 3 + GRID["b"] * 2).round().astype(int) % 3).to_numpy()
FINE = pd.DataFrame({"a": np.arange(5, 245) % 74 / 20, "b": (np.arange(240) * 11) % 106 / 20})


def preparation(numeric=None, text=None):
    """Numbers imputed and scaled, text imputed and one-hot encoded."""
    numeric = numeric or Pipeline([("imp", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    text = text or Pipeline(
        [("imp", SimpleImputer(strategy="most_frequent")), ("enc", OneHotEncoder(handle_unknown="ignore"))]
    )
    return ColumnTransformer([("num", numeric, NUMERIC), ("cat", text, TEXT)])


def ordinal():
    """As `preparation` with codes and without scaling, missing values left in place."""
    text = Pipeline(
        [
            ("imp", SimpleImputer(strategy="constant", fill_value="none")),
            ("enc", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)),
        ]
    )
    return ColumnTransformer([("num", SimpleImputer(), NUMERIC), ("cat", text, TEXT)])


class One:
    """One target of a model of several."""

    def __init__(self, model, output):
        self.model, self.output = model, output
        if is_classifier(model) or hasattr(model, "predict_proba"):
            last = model[-1] if hasattr(model, "steps") else model
            classes = getattr(last, "classes_", [])
            order = list(last.order_).index(output) if hasattr(last, "order_") else output
            self.classes_ = classes[order] if isinstance(classes, list) else np.array([0, 1])
        if hasattr(model, "predict_proba"):
            self.predict_proba = self.probabilities

    def predict(self, rows):
        values = np.asarray(self.model.predict(rows))[:, self.output]
        return values.astype(self.classes_.dtype) if hasattr(self, "classes_") else values

    def probabilities(self, rows):
        scores = self.model.predict_proba(rows)
        return scores[self.output] if isinstance(scores, list) else both(scores[:, self.output])


def record(
    about, model, data, *, protocol=None, skops=False, bundle=None, matrix=False, tolerance=0.0, relative=0.0, also=(), bare=False,
    output=None, encoded=False,
):
    """Dumps a fitted model (joblib with zlib, or pickle of a protocol) and writes what it answers for `data`.

    `matrix` is for a model that was fitted without column names, `bare` for one whose decision values belong to pairs of
    classes, `output` for one of several targets, `encoded` for a pipeline whose steps are compared too.
    """
    rows = data.to_numpy() if matrix else data
    content = model if bundle is None else bundle
    if skops:
        import skops.io

        name, form = "model.skops", "skops"
        skops.io.dump(content, name, compression=8, compresslevel=9)
    elif protocol is None:
        name, form = "model.joblib", "joblib"
        joblib.dump(content, name, compress=("zlib", 9))
    else:
        name, form = "model.pkl", "pickle"
        write(name, pickle.dumps(content, protocol=protocol))
    versions = [sklearn, np, *also]
    more = {} if output is None else {"output": output}
    if encoded:
        more["encoded"] = model[:-1].transform(rows)
    classifies = is_classifier(model) or any(hasattr(model, method) for method in ["predict_proba", "fit_predict", "decision_function"])
    model = model if output is None else One(model, output)
    if not classifies:
        case(about, name, form, data, model.predict(rows), "value", versions, tolerance=tolerance, relative=relative, **more)
        return
    labels = model.predict(rows)
    if hasattr(model, "predict_proba"):
        scores, kind = model.predict_proba(rows), "probability"
    elif hasattr(model, "decision_function"):
        scores, kind = model.decision_function(rows), "decision"
        scores = np.stack([-scores, scores], axis=1) if scores.ndim == 1 else scores
    else:
        scores, kind = None, "label"
    classes = list(model.classes_) if hasattr(model, "classes_") else sorted(set(labels))
    if scores is None or bare:
        scores, kind = np.array([[float(label == c) for c in classes] for label in labels]), "label"
    case(about, name, form, data, scores, kind, versions, classes=classes, labels=labels, tolerance=tolerance, relative=relative, **more)
