"""Do the Python pipeline and Fine agree? usage: compare.py pipeline.json result.json

Compares every quantity that both compute on the same rows, and prints the largest difference of each kind.
"""
import json
import sys

pipeline = json.load(open(sys.argv[1]))["results"]
result = json.load(open(sys.argv[2]))
reports = {s["id"]: s.get("report") for s in result["stages"]}
rows = []


def row(name, python, fine, tolerance):
    ok = fine is not None and abs(python - fine) <= tolerance
    rows.append((name, python, fine, tolerance, ok))


metrics = {m["id"]: m["estimate"]["value"] for m in reports["performance"]["metrics"]}
for key, value in pipeline["metrics"].items():
    if key == "confusion":
        for i, line in enumerate(value):
            for j, count in enumerate(line):
                row(f"confusion[{i}][{j}]", count, reports["performance"]["confusion"][i][j], 0)
    elif key in metrics:
        row(key, value, metrics[key], 1e-6)
if "calibration" in pipeline:
    top = reports["calibration"]["classes"][0]
    row("ece, equal width", pipeline["calibration"]["ece"], top["ece_width"], 2e-3)
    row("brier", pipeline["calibration"]["brier"], metrics["brier"], 1e-6)
for attribute, fair in pipeline.get("fairness", {}).items():
    mine = next(a for a in reports["fairness"]["attributes"] if a["attribute"] == attribute)
    gaps = {g["id"]: g["estimate"]["value"] for g in mine["gaps"]}
    names = {
        "demographic_parity_difference": "demographic_parity_diff",
        "disparate_impact": "disparate_impact",
        "equal_opportunity_difference": "equal_opportunity_diff",
        "predictive_equality_difference": "predictive_equality_diff",
        "equalized_odds_difference": "equalized_odds_diff",
    }
    for theirs, ours in names.items():
        row(f"{attribute} {ours}", fair[theirs], gaps.get(ours), 1e-9)
    for metric, ours in (("selection_rate", "selection_rate"), ("tpr", "tpr"), ("fpr", "fpr"), ("accuracy", "accuracy")):
        for group, value in fair["by_group"][metric].items():
            found = next(g for g in mine["groups"] if g["group"] == group)
            row(f"{attribute}={group} {metric}", value, found[ours]["value"], 5.1e-5)
permutation = {f["feature"]: f["permutation"]["value"] for f in reports["explain"]["features"]}
theirs = [name for name, _, _ in pipeline["perm"]]
mine = sorted(permutation, key=lambda f: -(permutation[f] or 0))
print("permutation importance, top 5, python:", theirs[:5])
print("permutation importance, top 5, fine:  ", mine[:5])
print("python SHAP of encoded columns:", [n for n, _ in pipeline["shap"]["top"][:5]])
print("fine SHAP of raw features:     ", [f["feature"] for f in reports["explain"]["features"][:5]])
bad = 0
for name, python, fine, tolerance, ok in rows:
    bad += not ok
    print(f"{'ok ' if ok else 'BAD'} {name:<45} {python:<22} {fine}  (tolerance {tolerance})")
print(f"{len(rows) - bad} agree, {bad} differ")
sys.exit(bad > 0)
