"""XGBoost's own SHAP values of a pipeline, on the matrix that the pipeline makes. usage: contributions.py DATA MODEL TARGET OUT.json

A sparse one-hot matrix hands XGBoost its zeros as missing values. Explaining a dense copy of it, as bench/python_pipeline.py does
(and many notebooks), explains rows that the model never sees; how far such values are from adding up is written as well.
"""
import json
import sys

import joblib
import numpy as np
import pandas as pd
import shap
import xgboost

data, path, target, out = sys.argv[1:5]
frame = pd.read_csv(data)
for column in frame.columns:
    if not pd.api.types.is_numeric_dtype(frame[column]):
        frame[column] = frame[column].astype(object).where(frame[column].notna(), np.nan)
rows = frame.drop(columns=target)
model = joblib.load(path)
booster = model[-1].get_booster()
matrix = model[:-1].transform(rows)
names = [name.split("__", 1)[-1] for name in model[:-1].get_feature_names_out()]
raw = lambda name: max((c for c in rows if name == c or name.startswith(c + "_")), key=len)
origin = np.array([raw(name) for name in names])

margin = booster.predict(xgboost.DMatrix(matrix), output_margin=True).astype(float)
values = booster.predict(xgboost.DMatrix(matrix), pred_contribs=True).astype(float)
summed = {c: np.abs(values[:, :-1][:, origin == c].sum(axis=1)).mean() for c in rows}

some = np.random.default_rng(42).choice(len(rows), min(1000, len(rows)), replace=False)
explainer = shap.TreeExplainer(model[-1])
dense = explainer.shap_values(matrix[some].toarray().astype(float), check_additivity=False)
result = {
    "rows": len(rows),
    "sparse": hasattr(matrix, "toarray"),
    "raw": list(summed.items()),
    "additivity": float(np.abs(values.sum(axis=1) - margin).max()),
    "dense_additivity": float(np.abs(dense.sum(axis=1) + explainer.expected_value - margin[some]).max()),
    "versions": {m.__name__: m.__version__ for m in (xgboost, shap, np)},
}
json.dump(result, open(out, "w"), indent=1)
print(f"adds up to the margin within {result['additivity']:.1e}; a dense copy within {result['dense_additivity']:.1e}")
