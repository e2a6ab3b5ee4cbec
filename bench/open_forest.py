"""Opens a large random forest with Fine and with Python, side by side. usage: open_forest.py FINE [megabytes] [seed]

FINE is the program (`target/release/fine`). A forest of some 150 MB is fitted on made-up rows and saved with pickle, joblib and
joblib compressed by zlib, in a folder that is deleted at the end. Each file is opened three times by `fine inspect` and by a fresh
Python that imports scikit-learn first; the fastest run counts, and the largest resident memory. Python's time is that of the load
alone, and the time and memory of its imports stand apart; Fine's is that of the whole program. CPU seconds are those of the process
and its children, and do not depend on what else the machine does. Ends with 1 when Fine needs more than twice the size of the content.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

RUNS = 3
FILES = {"pickle": "forest.pkl", "joblib": "forest.joblib", "joblib, zlib": "forest.z.joblib"}
LOAD = """
import json, resource, sys, time
start = time.perf_counter()
import joblib, pickle, sklearn.ensemble
imported, spent = time.perf_counter(), time.process_time()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
path = sys.argv[1]
model = pickle.load(open(path, "rb")) if path.endswith(".pkl") else joblib.load(path)
loaded, spent = time.perf_counter(), time.process_time() - spent
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([imported - start, loaded - imported, spent, before, peak]))
"""


def fit(megabytes, seed):
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(seed)
    rows = 25_000
    x = rng.normal(size=(rows, 20))
    y = (x[:, 0] + 2 * rng.normal(size=rows) > 0).astype(int)
    one = RandomForestClassifier(1, max_features=1, random_state=seed).fit(x, y)
    # 64 bytes of a node and 8 of each of two classes.
    trees = round(megabytes * 1e6 / (80 * one.estimators_[0].tree_.node_count))
    return RandomForestClassifier(trees, max_features=1, random_state=seed, n_jobs=os.cpu_count()).fit(x, y)


def fine(program, path):
    """Seconds, CPU seconds, and kilobytes of the largest process: the one that reads the file is a child of the one that is started."""
    start = time.perf_counter()
    child = subprocess.Popen([program, "inspect", path], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(f"fine inspect {path}: {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def python(path):
    out = subprocess.run([sys.executable, "-c", LOAD, path], capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def make(folder, megabytes, seed):
    """Saves the forest in every form."""
    import pickle

    import joblib

    model = fit(megabytes, seed)
    with open(pathlib.Path(folder) / FILES["pickle"], "wb") as file:
        pickle.dump(model, file, protocol=5)
    joblib.dump(model, pathlib.Path(folder) / FILES["joblib"])
    joblib.dump(model, pathlib.Path(folder) / FILES["joblib, zlib"], compress=3)


def main():
    program = sys.argv[1]
    megabytes = sys.argv[2] if len(sys.argv) > 2 else "150"
    seed = sys.argv[3] if len(sys.argv) > 3 else "0"
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own: a child begins with the memory of its parent, which counts as its peak.
        subprocess.run([sys.executable, __file__, "make", folder, megabytes, seed], check=True)
        files = {name: str(pathlib.Path(folder) / file) for name, file in FILES.items()}
        content = os.path.getsize(files["pickle"])
        head = ["file", "MB", "fine, s", "CPU s", "MB", "of the content", "Python's load, s", "CPU s", "MB", "its imports, s", "MB"]
        print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
        for name, path in files.items():
            ours = [fine(program, path) for _ in range(RUNS)]
            theirs = [python(path) for _ in range(RUNS)]
            wall, cpu, memory = min(o[0] for o in ours), min(o[1] for o in ours), max(o[2] for o in ours) * 1024
            imports, load, spent = (min(t[i] for t in theirs) for i in (0, 1, 2))
            before, peak = (max(t[i] for t in theirs) * 1024 / 1e6 for i in (3, 4))
            # Compressed, the file and its content are both in memory.
            held = os.path.getsize(path) + (content if "zlib" in name else 0)
            failed |= memory > 2 * held
            print(
                f"| {name} | {os.path.getsize(path) / 1e6:.1f} | {wall:.2f} | {cpu:.2f} | {memory / 1e6:.0f} | {memory / content:.2f} x "
                f"| {load:.2f} | {spent:.2f} | {peak:.0f} | {imports:.2f} | {before:.0f} |",
                flush=True,
            )
    sys.exit("fine needs more than twice the size of the content" if failed else 0)


if sys.argv[1] == "make":
    make(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
else:
    main()
