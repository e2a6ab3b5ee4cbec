"""Do the Python pipeline and Fine agree?

    compare.py pipeline.json result.json [--contributions contributions.json] [--out agreement.md]

`pipeline.json` is written by bench/python_pipeline.py, `result.json` by `fine audit`, `contributions.json` by
bench/contributions.py, on the same table and model. Every
quantity that both compute is compared; where the two define it differently, both numbers are shown with the reason. Prints a
table, writes it as a page with --out, and ends with 1 when a quantity disagrees or is missing on one side.
"""
import argparse
import json
import sys

args = argparse.ArgumentParser()
args.add_argument("pipeline")
args.add_argument("result")
args.add_argument("--contributions", help="XGBoost's own SHAP values")
args.add_argument("--out", help="a Markdown page")
args = args.parse_args()
document = json.load(open(args.pipeline))
contributions = json.load(open(args.contributions)) if args.contributions else {}
python = document["results"]
result = json.load(open(args.result))
reports = {s["id"]: s.get("report") for s in result["stages"]}

EXACT = 1e-9
#: XGBoost's SHAP values are 32-bit numbers in Python.
SINGLE = 1e-6
#: Standard errors of a difference that count as agreement, over some fifty comparisons.
SIGMAS = 4
#: Standard error of a 2.5 % quantile of 1 000 bootstrap replicates, in standard deviations of the statistic:
#: sqrt(0.025 x 0.975 / 1000) / phi(1.96).
QUANTILE_ERROR = (0.025 * 0.975 / 1000) ** 0.5 / 0.05844
same, different = [], []


def compare(quantity, theirs, ours, tolerance, how):
    """One quantity; `tolerance` is the largest difference that counts as agreement, `how` where it comes from."""
    agree = theirs is not None and ours is not None and abs(theirs - ours) <= tolerance
    same.append((quantity, theirs, ours, tolerance, how, agree))


def by_definition(quantity, theirs, ours, why):
    different.append((quantity, theirs, ours, why))


def named(entries, key, name):
    return next((e for e in entries if e[key] == name), None)


def value(estimate):
    return estimate["value"] if estimate else None


def metrics():
    performance = reports["performance"]
    mine = {m["id"]: m["estimate"] for m in performance["metrics"]}
    for name, theirs in python["metrics"].items():
        if name != "confusion":
            compare(name.replace("_", " "), theirs, value(mine.get(name)), EXACT, "the same scores")
            continue
        for i, row in enumerate(theirs):
            for j, count in enumerate(row):
                compare(f"confusion, truth {i}, prediction {j}", count, performance["confusion"][i][j], 0, "a count")
    names = ["accuracy", "f1", "roc_auc"] if "accuracy" in python["metrics"] else ["mae", "rmse", "r2"]
    for name, (low, high) in zip(names, python.get("bootstrap", [])):
        tolerance = SIGMAS * QUANTILE_ERROR * (high - low) / 3.92
        how = f"percentile of 1 000 against {mine[name]['method']}: {SIGMAS} Monte Carlo errors of a quantile"
        compare(f"{name.replace('_', ' ')}, lower end of 95 %", low, mine[name]["low"], tolerance, how)
        compare(f"{name.replace('_', ' ')}, upper end of 95 %", high, mine[name]["high"], tolerance, how)


def explanations():
    features = reports["explain"]["features"]
    for name, mean, sd in python.get("perm", []):
        mine = named(features, "feature", name)
        # Both are means of ten shuffles: the difference has twice the variance of one mean.
        tolerance = SIGMAS * sd * (2 / 10) ** 0.5 + EXACT
        theirs = value(mine["permutation"]) if mine else None
        compare(f"permutation importance, {name}", mean, theirs, tolerance, f"{SIGMAS} errors of ten shuffles")
    shap = python.get("shap", {})
    own = dict(contributions.get("raw", []))
    for name, mean in own.items():
        mine = named(features, "feature", name)
        theirs = value(mine["mean_abs_shap"]) if mine else None
        compare(f"mean absolute SHAP, {name}", mean, theirs, SINGLE * (1 + mean), "XGBoost's own, 32-bit, all rows")
    if contributions.get("sparse"):
        why = (
            "the script explains a dense copy of the sparse matrix: rows that the model never sees, whose values miss the "
            f"margin by up to {contributions['dense_additivity']:.1f} (XGBoost's own add up within {contributions['additivity']:.0e})"
        )
        for name, mean, _ in shap.get("raw", []):
            mine = named(features, "feature", name)
            by_definition(f"mean absolute SHAP, {name}", mean, value(mine["mean_abs_shap"]) if mine else None, why)
        return
    every = shap.get("rows") == reports["explain"]["method"]["rows"]
    for name, mean, error in shap.get("raw", []):
        mine = named(features, "feature", name)
        tolerance, how = (SINGLE * (1 + mean), "32-bit SHAP values") if every else (SIGMAS * error, f"{SIGMAS} errors of a sample")
        compare(f"mean absolute SHAP, {name}", mean, value(mine["mean_abs_shap"]) if mine else None, tolerance, how)


def stress():
    robustness, sensitivity = reports["robustness"], reports["sensitivity"]
    for name, drop in python.get("mask", {}).items():
        mine = named(robustness["masked"], "feature", name)
        compare(f"fall when {name} is masked", drop, value(mine["drop"]) if mine else None, EXACT, "the same fill")
    why = (
        "Python moves the numeric columns only, whole numbers to fractions; Fine keeps whole numbers whole and also redraws "
        "categories with the same probability"
    )
    noise = next((n for n in sensitivity["joint"] if n["noise"] == "gaussian" and n["level"] == 0.05), None)
    if noise and "sensitivity" in python:
        if python["sensitivity"]["flip_rate"] is not None:
            by_definition("decisions changed by 5 % noise", python["sensitivity"]["flip_rate"], value(noise["flip_rate"]), why)
        by_definition("mean score shift under 5 % noise", python["sensitivity"]["mean_shift"], value(noise["mean_shift"]), why)
    for level, drop in python.get("robustness", {}).items():
        mine = next((n for n in robustness["noise"] if abs(n["level"] - float(level)) < 1e-9), None)
        if mine:
            by_definition(f"fall under noise of {level} sd", drop, value(mine["drop"]), why)


def calibration():
    if "calibration" not in python:
        return
    first = reports["calibration"]["classes"][0]
    compare("ECE, 15 bins of equal width", python["calibration"]["ece"], first["ece_width"], EXACT, "the same scores")
    compare("Brier score", python["calibration"]["brier"], first["brier"], EXACT, "the same scores")


GAPS = {
    "demographic_parity_difference": "demographic_parity_diff",
    "disparate_impact": "disparate_impact",
    "equal_opportunity_difference": "equal_opportunity_diff",
    "predictive_equality_difference": "predictive_equality_diff",
    "equalized_odds_difference": "equalized_odds_diff",
}


def fairness():
    for attribute, theirs in python.get("fairness", {}).items():
        mine = named(reports["fairness"]["attributes"], "attribute", attribute)
        for name, own in GAPS.items():
            gap = named(mine["gaps"], "id", own) if mine else None
            compare(f"{attribute}: {name.replace('_', ' ')}", theirs[name], value(gap["estimate"]) if gap else None, EXACT, "exact")
        for rate, groups in theirs["by_group"].items():
            for group, number in groups.items():
                found = named(mine["groups"], "group", group) if mine else None
                ours = None if found is None else found["n"] if rate == "count" else value(found[rate])
                compare(f"{attribute} = {group}: {rate.replace('_', ' ')}", number, ours, 5.1e-5, "printed with four decimals")


def figure(number):
    return "none" if number is None else f"{number:.7g}"


def table(head, rows):
    cells = [head, *rows]
    widths = [max(len(r[i]) for r in cells) for i in range(len(head))]
    line = lambda r: "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths)) + " |"
    return "\n".join([line(head), line(["-" * w for w in widths]), *map(line, rows)])


def page():
    versions = ", ".join(f"{k} {v}" for k, v in document["versions"].items())
    manifest = result["manifest"]
    agreed = sum(r[-1] for r in same)
    gap = lambda a, b: "none" if a is None or b is None else f"{abs(a - b):.1e}"
    first = [[q, figure(a), figure(b), gap(a, b), f"{t:.1e}", how, "yes" if ok else "NO"] for q, a, b, t, how, ok in same]
    second = [[q, figure(a), figure(b), why] for q, a, b, why in different]
    options = " ".join(f"--{k.replace('_', '-')} {document['args'][k]}" for k in ("target", "sensitive", "shap_rows"))
    return f"""# Agreement with Python

{agreed} of {len(same)} quantities agree. This page is written by `bench/compare.py`; do not edit it.

```sh
python bench/python_pipeline.py --data {manifest['data']['name']} --model MODEL {options} --out pipeline.json
python bench/contributions.py {manifest['data']['name']} MODEL {manifest['roles']['target']} contributions.json
fine audit --data {manifest['data']['name']} --model MODEL --target {manifest['roles']['target']} --protected {','.join(manifest['roles']['protected'])} --out out
python bench/compare.py pipeline.json out/result.json --contributions contributions.json --out docs/agreement.md
```

| | |
| --- | --- |
| data | {manifest['data']['name']}, {manifest['rows']} rows, SHA-256 `{manifest['data']['sha256']}` |
| model | {manifest['model']['library']} {manifest['model'].get('library_version') or ''}, {manifest['model']['format']}, SHA-256 `{manifest['model']['sha256']}` |
| Python | {versions} |
| Fine | {result['engine_version']}, seed {manifest['seed']}, policy {manifest['policy']['name']} {manifest['policy']['version']} |

## Quantities of the same definition

{table(["quantity", "Python", "Fine", "difference", "tolerance", "why this tolerance", "agree"], first)}

## Quantities of another definition

{table(["quantity", "Python", "Fine", "why they differ"], second)}

Only one side computes: adversarial search (Python); intervals of every other number, calibrated tests, the remaining gaps between
groups, baselines, data quality and the file's content (Fine).
"""


for part in (metrics, explanations, stress, calibration, fairness):
    part()
text = page()
if args.out:
    open(args.out, "w").write(text)
print(text)
bad = [r[0] for r in same if not r[-1]]
print("disagree: " + ", ".join(bad) if bad else f"all {len(same)} quantities agree")
sys.exit(bool(bad))
