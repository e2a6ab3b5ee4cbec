"""How much sooner a heavy audit ends when a second worker helps.

    workers.py FINE [--pairs 3] [--threads 1]

Starts a PostgreSQL of its own (system packages) and a server without a worker in a temporary folder, uploads the Adult example, and audits
it in turn with one and with two `fine worker` processes of the same number of threads. Prints the seconds from accept to end and
compares the bytes of the results. Needs Python's standard library only.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
ADULT = ROOT / "examples/adult"


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def postgres(folder):
    """A server in a folder; PostgreSQL refuses to run as root."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    programs = found[-1] if found else pathlib.Path(shutil.which("initdb")).parent
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
    at = port()
    run = lambda *words: subprocess.run([*user, *words], check=True, stdout=subprocess.DEVNULL, cwd="/")
    run(programs / "initdb", "-D", folder / "db", "-U", "fine", "-A", "trust", "--no-sync")
    options = f"-p {at} -h 127.0.0.1 -k {folder} -c fsync=off"
    run(programs / "pg_ctl", "-D", folder / "db", "-o", options, "-l", folder / "log", "-w", "start")
    stop = lambda: run(programs / "pg_ctl", "-D", folder / "db", "-m", "immediate", "stop")
    return f"postgres://fine@127.0.0.1:{at}/postgres", stop


class Site:
    def __init__(self, fine, folder, database, threads):
        self.fine, self.folder = fine, folder
        self.env = dict(os.environ, DATABASE_URL=database, FINE_DATA_DIR=str(folder / "data"), FINE_AUDIT_THREADS=str(threads))
        self.env |= {"FINE_RATE_PER_SECOND": "1000", "FINE_RATE_BURST": "10000", "FINE_PORT": "0"}
        self.server, line = self.start("serve", "--audits-at-once", "0")
        self.url = line.split("Listening on ")[1].strip()
        account = {"email": "bench@example.org", "password": "a long enough password 1"}
        self.token = None
        self.token = self.ask("/auth/v1/signup", account)["access_token"]

    def start(self, *words):
        process = subprocess.Popen([self.fine, *words], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return process, process.stdout.readline()

    def ask(self, path, body=None, content="application/json"):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(self.url + path, data, {"content-type": content})
        if self.token:
            request.add_header("authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.loads(answer.read())

    def upload(self, kind, path):
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\ncontent-disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
        body = head.encode() + path.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        return self.ask(f"/api/v1/{kind}", body, f"multipart/form-data; boundary={edge}")["id"]

    def audit(self, request, workers):
        """Seconds from accept to end, and the digest of the result."""
        running = [self.start("worker", "--audits-at-once", "1")[0] for _ in range(workers)]
        try:
            begun = time.perf_counter()
            started = self.ask("/api/v1/audit/full", request)
            while True:
                state = self.ask(f"/api/v1/audit/full/{started['job_id']}")
                if state["state"] in ("done", "failed", "cancelled"):
                    break
                time.sleep(0.05)
            took = time.perf_counter() - begun
            assert state["state"] == "done", state
            results = self.folder.glob(f"data/files/results/{started['analysis_id']}*")
            return took, hashlib.sha256(next(results).read_bytes()).hexdigest()
        finally:
            for process in running:
                process.send_signal(signal.SIGTERM)
                process.wait()


def main():
    args = argparse.ArgumentParser()
    args.add_argument("fine")
    args.add_argument("--pairs", type=int, default=3)
    args.add_argument("--threads", type=int, default=1)
    args = args.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "postgres").mkdir()
        folder.chmod(0o755)
        database, stop = postgres(folder / "postgres")
        site = None
        try:
            site = Site(args.fine, folder, database, args.threads)
            data, reference = site.upload("datasets", ADULT / "adult_test.csv"), site.upload("datasets", ADULT / "adult_train.parquet")
            model = site.upload("models", ADULT / "income_xgboost.joblib")
            roles = {"target": "income", "positive": "1", "protected": ["sex", "race"], "weight": None, "ignore": []}
            request = {"dataset_id": data, "model_id": model, "reference_id": reference, "name": "workers", "roles": roles}
            times, digests = {1: [], 2: []}, set()
            print("| one worker, s | two workers, s |\n| --- | --- |")
            for _ in range(args.pairs):
                for workers in times:
                    took, digest = site.audit(request, workers)
                    times[workers].append(took)
                    digests.add(digest)
                print(f"| {times[1][-1]:.1f} | {times[2][-1]:.1f} |", flush=True)
            print(f"\nfastest: {min(times[1]) / min(times[2]):.2f} times as fast; {len(digests)} different results")
        finally:
            if site:
                site.server.kill()
            stop()


main()
