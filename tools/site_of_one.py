"""A server of Fine on a free port with an empty data folder, an account, and a small audit."""

import json
import os
import subprocess
import time
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Other settings of whoever runs this are not the server's.
OURS = ("FINE_", "SUPABASE_", "DATABASE_URL", "OPENAI_", "ANTHROPIC_")


@contextmanager
def serving(fine, folder, more=None):
    """The address of a server, which ends afterwards."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    settings = {"FINE_DATA_DIR": str(folder / "data"), "FINE_PORT": "0", "FINE_LOG": "error"}
    limits = {"FINE_RATE_PER_SECOND": "100000", "FINE_RATE_BURST": "100000"}
    environment = keep | settings | limits | (more or {})
    server = subprocess.Popen([fine, "serve"], stdout=subprocess.PIPE, env=environment, text=True)
    try:
        yield next(line.split()[-1] for line in server.stdout if line.startswith("Listening on"))
    finally:
        server.terminate()
        server.wait(30)


def call(url, token=None, body=None, kind="application/json", method=None):
    headers = {"content-type": kind} if body is not None else {}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def upload(url, token, path):
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
    body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return call(url, token, body, f"multipart/form-data; boundary={boundary}")["id"]


def loans(folder):
    """A small table for the model of the server's tests."""
    state, rows = 42, ["age,income,debt,sex,approved"]
    for _ in range(200):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        age, income, debt = 18 + (state >> 33) % 60, 10 + (state >> 40) % 110, (state >> 48) % 60
        rows.append(f"{age},{income},{debt},{'female' if state >> 60 & 1 else 'male'},{int(income - debt > 30)}")
    path = folder / "loans.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def prepare(url, folder, stages):
    """An account with a finished audit: its token, and the ids by path."""
    account = json.dumps({"email": "ana@example.org", "password": "correct horse battery"}).encode()
    token = call(f"{url}/auth/v1/signup", body=account)["access_token"]
    api = f"{url}/api/v1"
    dataset = upload(f"{api}/datasets", token, loans(folder))
    model = upload(f"{api}/models", token, ROOT / "crates/server/tests/data/loan.json")
    roles = {"target": "approved", "positive": "1", "protected": ["sex"]}
    audit = {"dataset_id": dataset, "model_id": model, "roles": roles, "stages": stages}
    started = call(f"{api}/audit/full", token, json.dumps(audit).encode())
    job, analysis = started["job_id"], started["analysis_id"]
    while call(f"{api}/audit/full/{job}", token)["state"] in ("queued", "running"):
        time.sleep(0.2)
    of = {"/datasets": dataset, "/models": model, "/audit/full": job, "/audit/analyses": analysis, "/report": analysis}
    return token, of
