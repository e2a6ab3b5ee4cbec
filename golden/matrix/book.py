"""Fits the cases of the matrix and writes what the libraries answer.

A case is a folder `<name>/` with the model file, `data.csv` and `case.json`: what was fitted, the types of the columns,
how exact the answers must be, and every answer (`answers`) of the library. `case.toml` and `expected.json` say the
main answer in the layout of the other golden cases.
"""
import importlib
import json
import pathlib
import pickle
import traceback
import zlib

import joblib
import numpy as np
import pandas as pd
import sklearn

VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
METHODS = ["predict", "predict_proba", "decision_function", "score_samples"]
LIBRARIES = ["sklearn", "numpy", "scipy", "pandas", "joblib", "xgboost", "lightgbm", "catboost", "imblearn", "category_encoders"]
# Largest relative difference of the main answer, by `how`.
RELATIVE = {"exact": 0.0, "ulp": 1e-15, "close": 1e-12, "single": 1e-6}


def versions():
    out = {}
    for name in LIBRARIES:
        try:
            out[name] = str(importlib.import_module(name).__version__)
        except ImportError:
            pass
    return out


def dense(values):
    if hasattr(values, "toarray"):
        values = values.toarray()
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    return np.asarray(values)


def cell(value):
    if isinstance(value, float):
        return value if np.isfinite(value) else None if value != value else ("inf" if value > 0 else "-inf")
    return value if isinstance(value, (bool, int)) else str(value)


def answer(values):
    """An array as JSON; `repr` of a float is exact. A list is one array an output."""
    if isinstance(values, list):
        return {"outputs": [answer(part) for part in values]}
    values = dense(values)
    return {"shape": list(values.shape), "dtype": str(values.dtype), "data": [cell(v) for v in values.ravel().tolist()]}


def last_of(model):
    while True:
        if hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        elif hasattr(model, "steps"):
            model = model.steps[-1][1]
        else:
            return model


def encoded(model, rows):
    """The matrix before the last estimator of a pipeline; `None` without steps."""
    model = getattr(model, "best_estimator_", model)
    if not hasattr(model, "steps") or len(model.steps) < 2:
        return None
    for _, step in model.steps[:-1]:
        if step is None or step == "passthrough" or hasattr(step, "fit_resample"):
            continue
        rows = step.transform(rows)
    rows = dense(rows)
    return rows.astype(float) if rows.dtype.kind in "fiub" else None


def table(rows):
    """Rows as a data frame, with the kind of each column."""
    if not isinstance(rows, pd.DataFrame):
        rows = np.asarray(rows)
        rows = rows.reshape(len(rows), -1)
        rows = pd.DataFrame(rows, columns=["x%d" % i for i in range(rows.shape[1])])
    kinds = {}
    for name in rows.columns:
        kind = rows[name].dtype.kind if hasattr(rows[name].dtype, "kind") else "O"
        kinds[str(name)] = {"f": "float", "i": "int", "u": "int", "b": "bool"}.get(kind, "text")
    return rows, kinds


def written(frame, kinds):
    """CSV with exact numbers, `true` and `false`, and an empty cell for a missing value."""
    def text(value, kind):
        if value is None or value is pd.NA or value != value:
            return ""
        if kind == "bool":
            return "true" if value else "false"
        if kind == "text":
            value = str(value)
            return '"%s"' % value.replace('"', '""') if any(c in value for c in ',"\n') else value
        # A float of 32 bits is written as the value it has.
        return repr(float(value)) if kind == "float" else str(int(value))

    lines = [",".join(kinds)]
    columns = [frame.iloc[:, i].tolist() for i in range(frame.shape[1])]
    lines += [",".join(text(v, k) for v, k in zip(row, kinds.values())) for row in zip(*columns)]
    if len(kinds) == 1:
        lines = [line or '""' for line in lines]
    return "\n".join(lines) + "\n"


def labels_of(model):
    """Class labels; `None` for a regressor and for several targets."""
    classes = getattr(model, "classes_", None)
    if classes is None or isinstance(classes, list):
        return None
    classes = np.asarray(classes).tolist()
    # Old trees for regression have the class `None`.
    return None if classes == [None] else [cell(c) for c in classes]


def label(value):
    """A class label as the product writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


class Book:
    """Collects the cases of one version."""

    def __init__(self, out, only=""):
        self.out, self.only, self.area = pathlib.Path(out), only, ""
        self.done, self.failed = [], []
        self.versions = versions()

    def __call__(self, name, make, pair, target=None, since=None, until=None, **about):
        """One case, unless this version of scikit-learn is outside of [since, until]."""
        if (since and VERSION < since) or (until and VERSION > until) or self.only not in name:
            return
        try:
            model = make()
            model = model.fit(pair.train) if target is None else model.fit(pair.train, target)
            self.record(name, model, pair.test, **about)
        except Exception as error:
            self.failed.append((name, "%s: %s" % (type(error).__name__, str(error)[:200])))
            if self.only:
                traceback.print_exc()

    def record(self, name, model, rows, of=None, how=None, transform="exact", write=None, library="sklearn", skip=(), about=""):
        """A fitted model.

        `of` is the class that the case is about, `how` the exactness of the answers (`exact`, `ulp`, `close`, `single`),
        `transform` the same for the steps (`None`: not compared), `write` makes the file from (model, folder).
        """
        folder = self.out / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        file, form = (write or default_writer(name))(model, folder)
        frame, kinds = table(rows)
        (folder / "data.csv").write_text(written(frame, kinds), encoding="utf-8")
        answers = {}
        for method in METHODS:
            if method not in skip and hasattr(model, method):
                answers[method] = answer(getattr(model, method)(rows))
        steps = encoded(model, rows) if transform else None
        if steps is not None:
            answers["transform"] = answer(steps)
        last = last_of(model)
        classes = labels_of(model)
        case = {
            "name": name,
            "area": self.area,
            "library": library,
            "estimator": of or type(last).__name__,
            "about": about or " ".join(repr(model).split())[:160],
            "model": file,
            "format": form,
            "how": how or HOW.get(self.area, "close"),
            "transform": transform or "none",
            "columns": kinds,
            "versions": self.versions,
            "classes": classes,
            "answers": answers,
        }
        (folder / "case.json").write_text(json.dumps(case, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        golden(folder, case, kinds)
        self.done.append(name)


# `exp` and `log` of two libraries may differ in the last bit; sums of trees do not.
HOW = {"trees": "exact", "boosting": "ulp", "formats": "exact"}


def golden(folder, case, kinds):
    """The main answer in the layout of the other golden cases."""
    answers = case["answers"]
    predict = answers.get("predict")
    if predict is None or "outputs" in predict or len(predict["shape"]) != 1:
        return
    scores, kind = answers.get("predict_proba"), "probability"
    if scores is None:
        scores, kind = answers.get("decision_function"), "decision"
    classes = case["classes"]
    if classes is None or scores is None:
        if classes is not None:
            return
        scores, kind = predict, "value"
    if any(isinstance(v, str) for v in scores["data"]):
        return
    width = scores["shape"][1] if len(scores["shape"]) == 2 else 1
    rows = [scores["data"][i : i + width] for i in range(0, len(scores["data"]), width)]
    if kind == "decision" and width == 1:
        rows = [[-row[0], row[0]] for row in rows]
    expected = {"versions": case["versions"], "kind": kind, "scores": rows}
    if classes is not None:
        expected["classes"] = [label(c) for c in classes]
        expected["labels"] = [label(c) for c in predict["data"]]
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    lines = {"about": case["about"], "model": case["model"], "data": "data.csv", "format": case["format"]}
    text = "".join("%s = %s\n" % (k, json.dumps(v, ensure_ascii=False)) for k, v in lines.items())
    text += "tolerance = %s\nrelative = %s\n" % (0.0, RELATIVE[case["how"]])
    texts = [name for name, kind in kinds.items() if kind == "text"]
    (folder / "case.toml").write_text(text + "text = %s\n" % json.dumps(texts, ensure_ascii=False), encoding="utf-8")


def by_pickle(protocol=4):
    def write(model, folder):
        (folder / "model.pkl").write_bytes(pickle.dumps(model, protocol=protocol))
        return "model.pkl", "pickle"

    return write


def by_joblib(compress=0, **options):
    def write(model, folder):
        joblib.dump(model, str(folder / "model.joblib"), compress=compress, **options)
        return "model.joblib", "joblib"

    return write


def default_writer(name):
    """Half of the cases are pickles, half are joblib files; not compressed, the archive is."""
    return by_joblib() if zlib.crc32(name.encode()) % 2 else by_pickle()
