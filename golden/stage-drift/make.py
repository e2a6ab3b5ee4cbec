#!/usr/bin/env python3
"""Makes reference.csv and audited.csv (made up, with planted drift) and expected.json: their distances by SciPy and NumPy.

Run it in this folder with `pip install numpy pandas scipy`. Errors are found by numerical derivatives, not by our formulas.
"""
import json
import pathlib

import numpy as np
import pandas as pd
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon
from scipy.special import kolmogorov

HERE = pathlib.Path(__file__).parent
Z = 1.959963984540054
rng = np.random.default_rng(5)


def table(n, shift):
    frame = pd.DataFrame(
        {
            "same": np.round(rng.normal(size=n), 3),
            "moved": np.round(rng.normal(0.9 * shift, 1 + 0.4 * shift, n), 3),
            "few": rng.choice([0, 1, 2, 5], n, p=[0.6 - 0.3 * shift, 0.2, 0.15, 0.05 + 0.3 * shift]),
            "constant": np.full(n, 4),
            "ends": np.round(rng.lognormal(1, 0.8, n) * (1 + shift), 2),
            "city": rng.choice(["Lima", "Arica", "Quito", "Puno"], n, p=[0.5 - 0.3 * shift, 0.3, 0.1, 0.1 + 0.3 * shift]),
            "names": [f"n{i}" for i in rng.zipf(1.6, n).clip(max=60) + (30 * shift if shift else 0)],
            "flag": rng.random(n) < 0.3 + 0.25 * shift,
            "w": np.round(rng.uniform(0.2, 3.0, n), 2),
        }
    )
    frame.loc[rng.random(n) < 0.05 + 0.2 * shift, "moved"] = np.nan
    frame.loc[rng.random(n) < 0.1, "city"] = np.nan
    frame.loc[3, "ends"] = np.inf
    return frame


table(300, 0).to_csv(HERE / "reference.csv", index=False)
table(180, 1).to_csv(HERE / "audited.csv", index=False)
REF, AUD = pd.read_csv(HERE / "reference.csv"), pd.read_csv(HERE / "audited.csv")


def kish(w):
    return w.sum() ** 2 / (w**2).sum()


def effective(groups, w, places):
    """Rows of each group as parts of the effective size."""
    sums = pd.Series(w).groupby(groups).sum().reindex(places, fill_value=0.0).to_numpy()
    return sums / w.sum() * kish(w)


def bins(name, wr, wa):
    r, a = REF[name], AUD[name]
    if pd.api.types.is_numeric_dtype(r) and not pd.api.types.is_bool_dtype(r):
        finite = r[np.isfinite(r)].to_numpy()
        q = np.quantile(finite, np.arange(1, 10) / 10)
        edges = []
        for v in np.unique(q):
            edges += [np.nextafter(v, -np.inf), v] if (q == v).sum() > 1 else [v]
        edges = np.unique(edges)
        place = lambda s: np.where(s.isna(), len(edges) + 1, np.searchsorted(edges, s, side="left"))
        places = range(len(edges) + 2)
        counts = np.array([effective(place(r), wr, places), effective(place(a), wa, places)])
        kinds = ["range"] * (len(edges) + 1) + ["missing"]
        keep = counts.sum(0) > 0
        return counts[:, keep], [k for k, b in zip(kinds, keep) if b]
    text = lambda s: s.astype(object).where(s.notna(), None).map(lambda v: "\0" if v is None else str(v))
    names = sorted(set(text(r)) | set(text(a)))
    counts = np.array([effective(text(r), wr, names), effective(text(a), wa, names)])
    total = counts.sum(1)
    expected = counts.sum(0) * total.min() / total.sum()
    missing = np.array([n == "\0" for n in names])
    rare = (expected < 5) & ~missing
    rest = counts[:, ~rare & ~missing]
    rest = rest[:, np.argsort(-rest.sum(0), kind="stable")]
    parts, kinds = [rest], ["category"] * rest.shape[1]
    if rare.any():
        parts.append(counts[:, rare].sum(1, keepdims=True))
        kinds.append("rare" if rare.sum() > 1 else "category")
    if missing.any():
        parts.append(counts[:, missing])
        kinds.append("missing")
    return np.concatenate(parts, axis=1), kinds


def testable(counts, kinds):
    total = counts.sum(1)
    small = lambda c: c.sum() * total.min() / total.sum() < 5
    columns = [c for c, k in zip(counts.T, kinds) if k != "missing" or not small(c)]
    if "range" not in kinds:
        columns.sort(key=lambda c: -c.sum())
    groups, open_ = [], np.zeros(2)
    for c in columns:
        open_ = open_ + c
        if not small(open_):
            groups.append(open_)
            open_ = np.zeros(2)
    groups[-1] = groups[-1] + open_
    return np.array(groups).T


def psi(c):
    p = (c + 0.5) / (c + 0.5).sum(1, keepdims=True)
    return float(((p[1] - p[0]) * np.log(p[1] / p[0])).sum())


def psi_of_shares(p):
    return float(((p[1] - p[0]) * np.log(p[1] / p[0])).sum())


def js_of_shares(p):
    return jensenshannon(p[0] / p[0].sum(), p[1] / p[1].sum(), base=2) ** 2


def delta(f, p, sizes):
    """Standard error of f(shares) of two multinomial samples, by central differences along the simplex."""
    variance = 0.0
    for s in range(2):
        slopes = []
        for j in range(p.shape[1]):
            h = 1e-5 * max(p[s, j], 1e-3)
            if p[s, j] == 0:
                slopes.append(0.0)  # no row is there, so its slope has no weight
                continue
            moved = []
            for sign in (1, -1):
                q = p.copy()
                point = np.zeros(p.shape[1])
                point[j] = 1
                q[s] = (1 - sign * h) * q[s] + sign * h * point
                moved.append(f(q))
            slopes.append((moved[0] - moved[1]) / (2 * h))
        slopes = np.array(slopes)
        variance += (p[s] * slopes**2).sum() / sizes[s]
    return float(np.sqrt(variance))


def corrected_v(phi2, columns, n):
    phi2 = max(0.0, phi2 - (columns - 1) / (n - 1))
    r, c = 2 - 1 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    return float(np.sqrt(phi2 / (min(r, c) - 1)))


def ecdf(values, w, at):
    order = np.argsort(values, kind="stable")
    sums = np.concatenate([[0], np.cumsum(w[order])]) / w.sum()
    return sums[np.searchsorted(values[order], at, side="right")]


def numbers(name, wr, wa, plain):
    r, a = REF[name].to_numpy(dtype=float), AUD[name].to_numpy(dtype=float)
    ur, ua = wr[~np.isnan(r)], wa[~np.isnan(a)]
    r, a = r[~np.isnan(r)], a[~np.isnan(a)]
    grid = np.unique(np.concatenate([r, a]))
    f, g = (e.clip(0, 1) for e in (ecdf(r, ur, grid), ecdf(a, ua, grid)))
    at = int(np.argmax(np.abs(f - g)))
    d, n, m = float(np.abs(f - g)[at]), kish(ur), kish(ua)
    out = {"ks": d, "ks_error": float(np.sqrt(f[at] * (1 - f[at]) / n + g[at] * (1 - g[at]) / m))}
    out["ks_p"] = float(kolmogorov(np.sqrt(n * m / (n + m)) * d))
    if plain:
        exact = stats.ks_2samp(r, a, method="exact")
        assert abs(exact.statistic - d) < 1e-12
        out["ks_p_exact"] = float(exact.pvalue)
    fr, fa = np.isfinite(r), np.isfinite(a)
    share_r, share_a = ur[fr].sum() / ur.sum(), ua[fa].sum() / ua.sum()
    r, a, ur, ua, n, m = r[fr], a[fa], ur[fr], ua[fa], n * share_r, m * share_a

    def ratio(wr, wa):
        mean = np.average(r, weights=wr)
        sd = np.sqrt(np.average((r - mean) ** 2, weights=wr) * n / (n - 1))
        distance = stats.wasserstein_distance(r, a, wr, wa)
        return distance / sd if sd > 1e-12 else 0.0 if distance < 1e-12 else np.nan

    value = ratio(ur, ua)
    out["wasserstein"] = None if np.isnan(value) else float(value)
    if out["wasserstein"]:
        pr, pa = ur / ur.sum(), ua / ua.sum()
        variance = 0.0
        for p, size, first in ((pr, n, True), (pa, m, False)):
            for i in range(len(p)):
                h, moved = 1e-7, []
                for sign in (1, -1):
                    q = p * (1 - sign * h)
                    q[i] += sign * h
                    moved.append(ratio(q, pa) if first else ratio(pr, q))
                variance += p[i] * ((moved[0] - moved[1]) / (2 * h)) ** 2 / size
        out["wasserstein_error"] = float(np.sqrt(variance))
    return out


def column(name, wr, wa, plain):
    counts, kinds = bins(name, wr, wa)
    total = counts.sum(1)
    smooth = (counts + 0.5) / (counts + 0.5).sum(1, keepdims=True)
    shares = counts / total[:, None]
    js = js_of_shares(shares)
    out = {
        "kinds": kinds,
        "shares": shares.T.tolist(),
        "psi": psi(counts),
        "psi_error": delta(psi_of_shares, smooth, total),
        "js": float(np.sqrt(js)),
        "js_square_error": delta(js_of_shares, shares, total),
        "moved": float(np.abs(shares[0] - shares[1]).sum() / 2),
        "missing": [float(np.average(t[name].isna(), weights=w)) for t, w in ((REF, wr), (AUD, wa))],
    }
    cells = testable(counts, kinds)
    if cells.shape[1] > 1:
        chi = stats.chi2_contingency(cells, correction=False)
        out |= {"chi2": float(chi.statistic), "degrees": int(chi.dof), "chi2_p": float(chi.pvalue)}
        out["v"] = corrected_v(chi.statistic / cells.sum(), cells.shape[1], cells.sum())
    if "range" in kinds:
        out |= numbers(name, wr, wa, plain)
        known = REF[name].dropna()
        values = AUD[name].dropna()
        outside = (values < known.min()) | (values > known.max())
        out["unseen"] = float(np.average(outside, weights=wa[AUD[name].notna()]))
    else:
        values = AUD[name].dropna()
        new = ~values.isin(set(REF[name].dropna()))
        out["unseen"] = float(np.average(new, weights=wa[AUD[name].notna()]))
        out["new"] = sorted(values[new].unique().tolist())
    return out


NAMES = [c for c in REF.columns if c != "w"]
ones = [np.ones(len(REF)), np.ones(len(AUD))]
own = [REF["w"].to_numpy(), AUD["w"].to_numpy()]
plain = {name: column(name, *ones, True) for name in NAMES}
bh = stats.false_discovery_control([plain[n]["chi2_p"] for n in NAMES if "chi2_p" in plain[n]], method="bh")
expected = {
    "versions": {"numpy": np.__version__, "pandas": pd.__version__, "scipy": scipy.__version__},
    "plain": plain,
    "weighted": {name: column(name, *own, False) for name in NAMES},
    "sizes": [kish(own[0]), kish(own[1])],
    "chi2_adjusted": dict(zip([n for n in NAMES if "chi2_p" in plain[n]], bh.tolist())),
    "kolmogorov": [[x, float(kolmogorov(x))] for x in (0.02, 0.1, 0.3, 0.5, 0.8, 0.99, 1.0, 1.2, 1.36, 2.0, 3.5, 6.0)],
}
(HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
