"""How the cost of an audit grows with the rows.

    rows.py FINE [--rows 100000 1000000 10000000] [--folder DIR] [--stages LIST]

Makes tables of made-up loans (nine columns, a target) and an XGBoost pipeline with one-hot encoding, fitted on 50,000 of them,
and runs `fine audit` on each with a reference table of 100,000 rows, an attribute and all stages. Prints the wall and processor
time, the largest resident memory of the program and its child, and the bytes of the table in memory. Needs NumPy, pandas,
pyarrow, scikit-learn, XGBoost.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder
from xgboost import XGBClassifier

NUMBERS = ["age", "income", "debt", "months", "accounts", "late"]
CATEGORIES = ["sex", "region", "purpose"]
BLOCK = 500_000


def loans(rows, seed):
    """Rows whose answer follows from income, debt, late payments and purpose."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "age": rng.integers(18, 80, rows),
            "income": np.round(np.exp(rng.normal(7.6, 0.5, rows)), 2),
            "debt": np.round(np.exp(rng.normal(6.5, 1.0, rows)), 2),
            "months": rng.integers(6, 72, rows),
            "accounts": rng.poisson(3, rows),
            "late": rng.poisson(0.6, rows),
            "sex": rng.choice(["female", "male"], rows),
            "region": rng.choice([f"r{i:02}" for i in range(20)], rows),
            "purpose": rng.choice(["car", "house", "study", "trade", "other"], rows, p=[0.3, 0.2, 0.15, 0.25, 0.1]),
        }
    )
    odds = (
        -2.0
        + 0.8 * table.late
        + 0.7 * (np.log(table.debt) - np.log(table.income))
        + 0.01 * table.months
        + 0.6 * (table.purpose == "trade")
    )
    table["late_again"] = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    return table


def write(path, rows, seed):
    writer = None
    for block, start in enumerate(range(0, rows, BLOCK)):
        chunk = pa.Table.from_pandas(loans(min(BLOCK, rows - start), seed + block), preserve_index=False)
        writer = writer or pq.ParquetWriter(path, chunk.schema)
        writer.write_table(chunk)
    writer.close()


def model(path):
    table = loans(50_000, 7)
    encode = ColumnTransformer([("onehot", OneHotEncoder(handle_unknown="ignore"), CATEGORIES)], remainder="passthrough")
    trees = XGBClassifier(n_estimators=100, max_depth=5, learning_rate=0.1, random_state=0)
    fitted = Pipeline([("encode", encode), ("model", trees)])
    fitted.fit(table[CATEGORIES + NUMBERS], table.late_again)
    joblib.dump(fitted, path)


def resident(pid):
    """Kilobytes of a process, at most so far."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        return 0


def children(pid):
    try:
        listed = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(c) for c in listed]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("fine")
    args.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    args.add_argument("--folder", default="target/rows")
    args.add_argument("--stages")
    args = args.parse_args()
    folder = pathlib.Path(args.folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "model.joblib").exists():
        model(folder / "model.joblib")
        write(folder / "reference.parquet", 100_000, 100)
    print("| rows | file MB | wall s | CPU s | memory MB | exit |")
    print("| --- | --- | --- | --- | --- | --- |")
    for rows in args.rows:
        data = folder / f"loans-{rows}.parquet"
        if not data.exists():
            write(data, rows, 1000)
        command = [args.fine, "audit", "--data", data, "--model", folder / "model.joblib", "--target", "late_again"]
        command += ["--positive", "1", "--protected", "sex", "--reference", folder / "reference.parquet"]
        command += ["--out", folder / f"out-{rows}"] + (["--stages", args.stages] if args.stages else [])
        start, before = time.perf_counter(), os.times()
        process = subprocess.Popen([str(c) for c in command], stdout=sys.stderr, stderr=sys.stderr)
        most = {}
        while process.poll() is None:
            for pid in [process.pid, *children(process.pid)]:
                most[pid] = max(most.get(pid, 0), resident(pid))
            time.sleep(0.05)
        wall, after = time.perf_counter() - start, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        mb = sum(most.values()) / 1024
        size = data.stat().st_size / 1e6
        print(f"| {rows:,} | {size:.1f} | {wall:.1f} | {cpu:.1f} | {mb:.0f} | {process.returncode} |", flush=True)


main()
