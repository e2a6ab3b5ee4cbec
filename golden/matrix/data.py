"""Made-up rows and targets of the matrix. Drawn from fixed generators, so no licence applies to them."""
from collections import namedtuple

import numpy as np
import pandas as pd

ROWS, TEST_ROWS = 160, 60

# Rows of the fit, rows of the prediction.
Pair = namedtuple("Pair", "train test")


def _numeric(rows, seed):
    values = np.random.RandomState(seed).normal(size=(rows, 5))
    return np.round(values * [1, 10, 0.1, 3, 100] + [0, 5, 0, -2, 50], 4)


def _holes(values, seed, share=0.12):
    out = values.copy()
    out[np.random.RandomState(seed).rand(*values.shape) < share] = np.nan
    return out


def each(function, pair):
    return Pair(function(pair.train), function(pair.test))


NUMERIC = Pair(_numeric(ROWS, 0), _numeric(TEST_ROWS, 1))
SCALED = Pair(np.round(np.random.RandomState(2).normal(size=(ROWS, 5)), 4), np.round(np.random.RandomState(3).normal(size=(TEST_ROWS, 5)), 4))
MISSING = Pair(_holes(NUMERIC.train, 4), _holes(NUMERIC.test, 5))
POSITIVE = each(np.abs, NUMERIC)
COUNTS = each(lambda x: np.floor(np.abs(x) * [2, 0.3, 20, 1, 0.05]), NUMERIC)
SINGLE = each(lambda x: x.astype(np.float32), SCALED)
# Decimals on a coarse grid for the fit and on a finer one for the test: thresholds lie between floats of 32 bits.
GRID = Pair(
    np.c_[np.arange(ROWS) % 37 / 10.0, (np.arange(ROWS) * 7) % 53 / 10.0],
    np.c_[np.arange(5, 5 + TEST_ROWS) % 74 / 20.0, (np.arange(TEST_ROWS) * 11) % 106 / 20.0],
)
NAMES = ["age", "income", "ratio", "score-2", "débit"]
NAMED = each(lambda x: pd.DataFrame(x, columns=NAMES), NUMERIC)

_z = (NUMERIC.train - [0, 5, 0, -2, 50]) / [1, 10, 0.1, 3, 100]
SIGNAL = _z[:, 0] + 0.8 * _z[:, 1] * _z[:, 0] - 0.6 * _z[:, 3] + 0.4 * _z[:, 4] + 0.3 * np.random.RandomState(6).normal(size=ROWS)
_s = SCALED.train
SIGNAL_SCALED = _s[:, 0] - 0.7 * _s[:, 1] + 0.5 * _s[:, 2] * _s[:, 3] + 0.3 * np.random.RandomState(7).normal(size=ROWS)
_g = GRID.train
SIGNAL_GRID = (_g[:, 0] * 3 + _g[:, 1] * 2) % 4 - 2


class Targets:
    """The same signal as every kind of target."""

    def __init__(self, signal):
        rank = np.argsort(np.argsort(signal))
        rows = len(signal)
        self.value = np.round(3 * signal + 7, 3)
        self.positive = np.round(np.exp(0.4 * signal), 3) + 0.01
        self.count = np.floor(self.positive * 2)
        self.pair = np.c_[self.value, np.round(signal ** 2, 3)]
        self.binary = (rank >= rows // 2).astype(int)
        self.words = np.array(["no", "yes"], dtype=object)[self.binary]
        self.flags = self.binary.astype(bool)
        self.floats = self.binary + 1.0
        self.three = (rank * 3 // rows).astype(int)
        self.levels = np.array(["alto", "bajo", "média"], dtype=object)[self.three]
        self.twelve = (rank * 12 // rows).astype(int) * 10 - 20
        self.labels = np.c_[self.binary, self.three]
        self.switches = np.c_[self.binary, (rank % 3 == 0).astype(int), (self.three == 1).astype(int)]


Y = Targets(SIGNAL)
YS = Targets(SIGNAL_SCALED)
YG = Targets(SIGNAL_GRID)

CITIES = np.array(["Paris", "Rome", "Oslo", "Łódź", "Bern"], dtype=object)


def _frame(rows, seed, unseen):
    rng = np.random.RandomState(seed)
    frame = pd.DataFrame(
        {
            "age": rng.randint(18, 80, rows).astype(float),
            "income": np.round(rng.lognormal(10, 0.7, rows), 2),
            "city": CITIES[rng.choice(5, rows, p=[0.4, 0.3, 0.2, 0.06, 0.04])],
            "sex": np.array(["m", "f"], dtype=object)[rng.randint(0, 2, rows)],
            "grade": np.array(["lo", "mid", "hi"], dtype=object)[rng.randint(0, 3, rows)],
            "rooms": rng.randint(1, 6, rows),
            "member": rng.rand(rows) < 0.4,
            "score": np.round(rng.normal(size=rows), 3),
        }
    )
    frame.loc[rng.rand(rows) < 0.1, "age"] = np.nan
    frame.loc[rng.rand(rows) < 0.1, "city"] = np.nan
    if unseen:
        frame.loc[rng.rand(rows) < 0.1, "city"] = "Atlantis"
    return frame


FRAME = Pair(_frame(ROWS, 8, False), _frame(TEST_ROWS, 9, True))
_f = FRAME.train
YF = Targets(np.log(_f.income.values) - 10 + (_f.city == "Oslo").values * 0.8 + _f.score.values * 0.5 + 0.05 * _f.rooms.values)
TEXT_COLUMNS = ["city", "sex", "grade"]
# The same rows without missing text and without a category that the fit has not seen.
KNOWN = each(lambda f: f.replace({"city": {"Atlantis": "Rome"}}).fillna({"city": "Paris", "age": 40.0}), FRAME)
WORDS = each(lambda f: f[TEXT_COLUMNS].fillna("none"), FRAME)
GAPS = each(lambda f: f[TEXT_COLUMNS], FRAME)
CATEGORIES = each(lambda f: f.assign(**{c: f[c].astype("category") for c in TEXT_COLUMNS}), FRAME)
SMALL = each(lambda f: f[["rooms", "age", "score"]].fillna(33.0), FRAME)

_FRONT = ["The cat sat", "A dog ate", "Mi café está", "Buy now:", "Cheap deal!", "no-one saw", "I'm", "Über 42"]
_BACK = ["on the mat", "my homework", "frío hoy", "cheap pills", "for you and me", "the 3 dogs", "the of and", "nächste Straße"]


def _lines(rows, seed):
    rng = np.random.RandomState(seed)
    return [" ".join([_FRONT[rng.randint(8)], _BACK[rng.randint(8)], _FRONT[rng.randint(8)].lower()]) for _ in range(rows)]


LINES = Pair(np.array(_lines(80, 10), dtype=object), np.array(_lines(TEST_ROWS - 2, 11) + ["zzz unseen words", "!"], dtype=object))
LINE_LABELS = np.array([int("cheap" in t.lower()) + 2 * int("dog" in t.lower()) for t in LINES.train]) % 3
