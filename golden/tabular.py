"""Made-up rows and the writer of a golden model case; every `model-*/make.py` uses it.

The rows are drawn from a fixed generator, so no licence applies to them. They hold what trips readers of model files:
missing values, decimals that sit on 32-bit rounding borders, text categories, a zero-heavy column, names with a hyphen.
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd

NUMERIC = ["age", "income", "hours-per-week", "gain", "score"]
TEXT = ["job", "region"]


def frame(rows, seed=7):
    """Features and a hidden signal."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, rows).astype(float)
    income = np.round(rng.lognormal(10, 0.6, rows), 2)
    hours = np.round(rng.normal(39, 9, rows), 1)
    gain = np.where(rng.random(rows) < 0.8, 0.0, np.round(rng.exponential(900, rows)))
    score = np.round(rng.normal(size=rows), 2)
    job = rng.choice(["clerk", "nurse", "driver", "chef", "ingeniería"], rows)
    region = rng.choice(["north", "south", "east", "west"], rows, p=[0.4, 0.3, 0.2, 0.1])
    signal = (
        0.05 * (age - 45)
        + 0.9 * np.log(income / 20000)
        + 0.04 * (hours - 39)
        + (gain > 0) * 0.8
        + 0.7 * score
        + np.isin(job, ["nurse", "ingeniería"]) * 0.9
        - (region == "west") * 0.6
        + 0.5 * rng.normal(size=rows)
    )
    data = pd.DataFrame(dict(zip(NUMERIC + TEXT, [age, income, hours, gain, score, job, region])))
    for name in ["income", "score", "job"]:
        data.loc[rng.random(rows) < 0.06, name] = np.nan
    return data, signal


def tasks(signal):
    """Binary, three-class and positive regression targets of one signal."""
    return (signal > 0).astype(int), np.digitize(signal, [-0.8, 0.8]), np.exp(0.4 * signal)


TRAIN, SIGNAL = frame(700)
BINARY, THREE, VALUE = tasks(SIGNAL)
TEST, _ = frame(60, seed=8)


def coded(data):
    """Text columns as numbers."""
    out = data.copy()
    for name in TEXT:
        levels = sorted(set(TRAIN[name].dropna()))
        out[name] = out[name].map({level: float(i) for i, level in enumerate(levels)})
    return out


def need(module, version):
    """Leaves the script when another version is installed: the case keeps what that version made."""
    if not module.__version__.startswith(version):
        print(f"kept: made with {module.__name__} {version}, {module.__version__} is installed")
        sys.exit(0)


def case(about, model, form, data, scores, kind, versions, *, classes=(), labels=(), tolerance=0.0, relative=0.0, runtime=None, output=None, encoded=None):
    """Writes case.toml, data.csv and expected.json into the folder of the calling script.

    `encoded` is the matrix that the last estimator sees.
    """
    here = pathlib.Path.cwd()
    data.to_csv(here / "data.csv", index=False)
    lines = [f"about = {json.dumps(about)}", f'model = "{model}"', 'data = "data.csv"', f'format = "{form}"']
    if runtime:
        lines.append(f'runtime = "{runtime}"')
    if output is not None:
        lines.append(f"output = {output}")
    lines.append(f"tolerance = {float(tolerance)!r}")
    if relative:
        lines.append(f"relative = {float(relative)!r}")
    (here / "case.toml").write_text("\n".join(lines) + "\n")
    scores = np.asarray(scores, dtype=float)
    rows = scores.reshape(len(scores), -1).tolist()
    expected = {"versions": {m.__name__: m.__version__ for m in versions}, "kind": kind, "classes": [str(c) for c in classes]}
    expected.update(scores=rows, labels=[str(v) for v in labels])
    if encoded is not None:
        encoded = np.asarray(encoded.todense() if hasattr(encoded, "todense") else encoded, dtype=float)
        expected["encoded"] = [[None if np.isnan(v) else v for v in row] for row in encoded.tolist()]
    text = json.dumps(expected, ensure_ascii=False)
    (here / "expected.json").write_text(text.replace("], [", "],\n["))


def write(name, content):
    """Writes the model file."""
    (pathlib.Path.cwd() / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def both(positive):
    """Two class columns of one, in its own precision."""
    positive = np.asarray(positive)
    return np.stack([(1 - positive), positive], axis=1)
