#!/usr/bin/env python3
"""Makes data.csv (made up, with planted defects) and expected.json: its profile by pandas, NumPy and SciPy.

Run it in this folder with `pip install pandas scipy`.
"""
import itertools
import json
import pathlib

import numpy as np
import pandas as pd
import scipy
from scipy import stats

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(11)
N = 240

income = np.round(rng.lognormal(10, 0.6, N), 2)
age = rng.integers(18, 80, N)
city = rng.choice(["Arica", "Lima", "Quito", "arica ", "LIMA"], N, p=[0.3, 0.3, 0.2, 0.1, 0.1])
zone = np.where(rng.random(N) < 0.85, pd.Series(city).str.strip().str.lower().str[0].to_numpy(), "z")
frame = pd.DataFrame(
    {
        "income": income,
        "income_k": np.round(income / 1000 + rng.normal(0, 0.01, N), 4),
        "rank": np.round(np.exp(income / 20000) + rng.normal(0, 0.2, N), 3),
        "age": age,
        "group_mean": np.round(pd.Series(zone).map({"a": 1.0, "l": 5.0, "q": 9.0, "z": 2.0}).to_numpy() + rng.normal(0, 0.9, N), 3),
        "city": city,
        "zone": zone,
        "flag": rng.random(N) < 0.4,
        "mixed": rng.choice(["1", "2.5", "x", "-", "?"], N),
        "constant": "same",
        "near": np.where(np.arange(N) == 5, 7, 3),
        "zeros": np.where(rng.random(N) < 0.7, 0.0, np.round(rng.random(N), 2)),
        "code": [f"k{i}" for i in range(N)],
        "spotty": np.round(rng.normal(size=N), 3),
    }
)
habits = ["walks", "Walks", "walks ", "rides", "RIDES", "?", " ", "unknown", "#", "12"]
frame["habit"] = np.random.default_rng(12).choice(habits, N, p=[0.3, 0.05, 0.05, 0.3, 0.1, 0.06, 0.03, 0.05, 0.03, 0.03])
frame["y"] = rng.choice(["no", "yes"], N, p=[0.93, 0.07])
frame.loc[rng.random(N) < 0.2, "spotty"] = np.nan
frame.loc[rng.random(N) < 0.06, "age"] = np.nan
frame.loc[3, "spotty"] = np.inf
frame.loc[200] = frame.loc[10]  # a duplicate
frame.loc[201] = frame.loc[11]
frame.loc[201, "y"] = "yes" if frame.loc[11, "y"] == "no" else "no"  # a conflict
text = frame.to_csv(index=False)
lines = text.split("\n")
spots = [i for i in range(1, N + 1) if frame.loc[i - 1, ["spotty"]].isna().all()]
for i in spots[:5]:  # another spelling of missing
    cells = lines[i].split(",")
    cells[list(frame.columns).index("spotty")] = "NA"
    lines[i] = ",".join(cells)
(HERE / "data.csv").write_text("\n".join(lines))
frame = pd.read_csv(HERE / "data.csv")
features = [c for c in frame.columns if c != "y"]


def finite(series):
    v = series.dropna().to_numpy(dtype=float)
    return v[np.isfinite(v)]


def outliers(c):
    """Iglewicz and Hoaglin (1993); with the mean absolute deviation where the median one is 0. Two values are a code."""
    v = finite(c)
    if len(np.unique(v)) <= 2:
        return pd.Series(False, index=c.index)
    distance, mad = np.abs(c - np.median(v)), stats.median_abs_deviation(v)
    z = 0.6745 * distance / mad if mad > 0 else distance / (1.253314 * np.abs(v - np.median(v)).mean())
    return (z > 3.5) & np.isfinite(c)


# What Fine takes for a word that says "missing".
SAYS_MISSING = {
    "", "?", "??", "-", "--", "---", ".", "..", "n/a", "na", "nan", "null", "none", "nil", "n.a.", "missing", "unknown", "undefined",
    "not available", "no data", "desconocido", "desconocida", "sin dato", "sin datos", "no disponible",
}


def written(c):
    cells = c.dropna()
    plain = cells.str.lower().str.replace(r"\s+", "", regex=True)
    spelled = cells.groupby([plain, cells]).size()
    groups = spelled.groupby(level=0)
    numeric = int(pd.to_numeric(cells, errors="coerce").notna().sum())
    hidden = cells[cells.str.strip().str.lower().isin(SAYS_MISSING)].value_counts()
    return {
        "variant_cells": int((groups.sum() - groups.max()).sum()),
        "variant_groups": int((groups.size() > 1).sum()),
        "symbols_only": int((cells.str.strip().ne("") & ~cells.str.contains(r"[^\W_]")).sum()),
        "numeric_like": numeric if numeric < len(cells) else 0,
        "hidden_missing": {k: int(n) for k, n in hidden.items()},
    }


def profile(name):
    c = frame[name]
    counts = c.value_counts()
    out = {"name": name, "missing": int(c.isna().sum()), "distinct": int(c.nunique()), "top_share": counts.iloc[0] / N}
    numeric = pd.api.types.is_numeric_dtype(c) and not pd.api.types.is_bool_dtype(c)
    if numeric:
        v = finite(c)
        histogram, edges = np.histogram(v, bins=20)
        out["numbers"] = {
            "mean": v.mean(), "sd": v.std(ddof=1), "min": v.min(), "max": v.max(),
            "quartiles": np.quantile(v, [0.25, 0.5, 0.75]).tolist(),
            "outliers": int(outliers(c).sum()), "infinite": int(np.isinf(c.to_numpy(dtype=float)).sum()),
            "edges": edges.tolist(), "counts": histogram.tolist(),
        }
    else:
        out["top"] = int(counts.iloc[0])
    if not pd.api.types.is_numeric_dtype(c):
        out["written"] = written(c)
    return out


def contingency(a, b):
    return pd.crosstab(a.astype(str), b.astype(str)).to_numpy()


def corrected_v(phi2, shape, n):
    r, c = shape
    phi2 = max(0.0, phi2 - (r - 1) * (c - 1) / (n - 1))
    r, c = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    return float(np.sqrt(phi2 / (min(r, c) - 1)))


def phi2_of(p):
    p = p / p.sum()
    return float((p**2 / np.outer(p.sum(1), p.sum(0))).sum() - 1)


def cramer(a, b):
    table = contingency(a, b).astype(float)
    n = table.sum()
    phi2 = stats.chi2_contingency(table, correction=False).statistic / n
    value = corrected_v(phi2, table.shape, n)
    # The delta method with a numerical gradient over cells.
    p, step = table / n, 1e-6
    gradient = np.zeros_like(p)
    for i, j in itertools.product(*map(range, p.shape)):
        up, down = p.copy(), p.copy()
        up[i, j] += step
        down[i, j] -= min(step, p[i, j])

        def phi2_free(q):
            return (q**2 / np.outer(q.sum(1), q.sum(0))).sum()

        gradient[i, j] = (phi2_free(up) - phi2_free(down)) / (up[i, j] - down[i, j])
    error = np.sqrt(((p * gradient**2).sum() - (p * gradient).sum() ** 2) / n)
    low = corrected_v(max(phi2 - 1.959963984540054 * error, 0), table.shape, n)
    high = min(corrected_v(phi2 + 1.959963984540054 * error, table.shape, n), 1.0)
    return "cramer-v", value, int(n), [low, max(high, value)]


def ratio(text, number):
    groups = [g.to_numpy() for _, g in number.groupby(text) if len(g)]
    n, k = sum(map(len, groups)), len(groups)
    f = stats.f_oneway(*groups).statistic
    r2 = f * (k - 1) / (f * (k - 1) + n - k)
    error = np.sqrt(4 * r2 * (1 - r2) ** 2 * (n - k) ** 2 / ((n**2 - 1) * (n + 3)))
    adjusted = 1 - (1 - r2) * (n - 1) / (n - k)
    z = 1.959963984540054
    low, high = np.sqrt(max(adjusted - z * error, 0)), np.sqrt(min(r2 + z * error, 1))
    return "correlation-ratio", float(np.sqrt(r2)), n, [float(low), float(high)]


def correlation(a, b):
    x, y = a.to_numpy(dtype=float), b.to_numpy(dtype=float)
    both = np.isfinite(x) & np.isfinite(y)
    x, y, n = x[both], y[both], int(both.sum())
    p, s = stats.pearsonr(x, y), stats.spearmanr(x, y)
    if abs(p.statistic) > abs(s.statistic) + 1e-12:  # equal where both sides have two values
        ci = p.confidence_interval()
        low, high = sorted([abs(ci.low), abs(ci.high)]) if ci.low * ci.high > 0 else (0.0, max(abs(ci.low), abs(ci.high)))
        return "pearson", float(p.statistic), n, [float(low), float(high)]
    r = abs(s.statistic)
    half = 1.959963984540054 * np.sqrt((1 + r * r / 2) / (n - 3))
    return "spearman", float(s.statistic), n, [max(float(np.tanh(np.arctanh(r) - half)), 0.0), float(np.tanh(np.arctanh(r) + half))]


def is_number(c):
    return pd.api.types.is_numeric_dtype(frame[c]) or pd.api.types.is_bool_dtype(frame[c])


def is_category(c):
    return not is_number(c) or pd.api.types.is_bool_dtype(frame[c])


associations = {}
compared = [c for c in features if c not in ("constant", "code")]
for a, b in itertools.combinations(compared, 2):
    if is_number(a) and is_number(b):
        found = correlation(frame[a], frame[b])
    elif is_category(a) and is_category(b):
        found = cramer(frame[a], frame[b])
    else:
        text, number = (b, a) if is_number(a) else (a, b)
        kept = np.isfinite(frame[number].astype(float))
        found = ratio(frame[text][kept], frame[number][kept].astype(float))
    method, value, n, interval = found
    associations[f"{a}|{b}"] = {"method": method, "value": value, "n": n, "interval": interval}

groups = frame.groupby(features, dropna=False)["y"]
conflicts = groups.transform("nunique") > 1
numbers = [c for c in features if pd.api.types.is_numeric_dtype(frame[c]) and not pd.api.types.is_bool_dtype(frame[c])]
expected = {
    "outlier_rows": int(pd.concat([outliers(frame[c]) for c in numbers], axis=1).any(axis=1).sum()),
    "versions": {"numpy": np.__version__, "pandas": pd.__version__, "scipy": scipy.__version__},
    "duplicate_rows": int(frame.duplicated().sum()),
    "conflicting_rows": int(conflicts.sum()),
    "classes": {k: int(v) for k, v in frame["y"].value_counts().items()},
    "columns": [profile(c) for c in frame.columns],
    "associations": associations,
}
(HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
