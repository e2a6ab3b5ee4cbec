"""Data and writer of golden cases of CatBoost; every `model-catboost-*/make.py` uses it.

CatBoost takes no missing category, so empty cells are the text `none`; numbers keep theirs. `shift` is a whole number and
`member` a truth value, both categorical.
"""
import pickle

import catboost as cb

from tabular import *

CATS = TEXT + ["shift", "member"]
# CatBoost's own exponential differs from that of the C library in the last bit or two.
LAST_BITS = 4.5e-16


def filled(data):
    out = data.copy()
    for name in TEXT:
        out[name] = out[name].fillna("none")
    out["shift"] = (out["age"] // 7).astype(int)
    out["member"] = out["hours-per-week"] > 40
    return out


CTRAIN, CTEST = filled(TRAIN), filled(TEST)
# Categories that no row of the training data has.
CTEST.loc[:3, "job"] = ["cook", "pilot", "ingeniería de sistemas y computación", "a" * 70]


def place(name):
    """Position of each category in their order."""
    return CTRAIN[name].map({value: i for i, value in enumerate(sorted(set(CTRAIN[name])))}).to_numpy()


# A signal of categories together with others, with truth values and with numbers.
PAIR = (
    0.3 * SIGNAL
    + 1.5 * ((place("job") + place("region")) % 3 == 1)
    + 1.2 * ((CTRAIN["shift"] % 3 == 1) == CTRAIN["member"])
    + ((CTRAIN["score"] > 0.2) == (place("job") % 2 == 0))
)
COMMON = {"random_seed": 1, "thread_count": 1, "verbose": 0, "allow_writing_files": False, "iterations": 12}


def record(about, model, data, *, form="cbm", pool=None):
    """Saves the model and writes what it answers."""
    name = {"cbm": "model.cbm", "json": "model.json", "pickle": "model.pkl"}[form]
    if form == "pickle":
        write(name, pickle.dumps(model, protocol=4))
    elif form == "json":
        model.save_model(name, format="json", pool=pool)
        text = pathlib.Path(name).read_text()
        pathlib.Path(name).write_text(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False))
    else:
        model.save_model(name)
    form = form if form == "pickle" else f"catboost-{form}"
    if hasattr(model, "predict_proba"):
        labels = np.asarray(model.predict(data)).ravel()
        classes = list(model.classes_)
        case(about, name, form, data, model.predict_proba(data), "probability", [cb, np], classes=words(classes), labels=words(labels), tolerance=LAST_BITS)
    else:
        exact = not str(model.get_all_params().get("loss_function")).startswith(("Poisson", "Tweedie"))
        case(about, name, form, data, model.predict(data), "value", [cb, np], relative=0.0 if exact else LAST_BITS)


def words(labels):
    return [str(label).lower() if isinstance(label, (bool, np.bool_)) else label for label in labels]
