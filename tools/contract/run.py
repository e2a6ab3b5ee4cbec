"""Holds a running server against its own OpenAPI document with schemathesis: no answer may be a 5xx, have a status or a media
type that is not described, or a body that does not fit its schema.

    python run.py path/to/fine [requests for each operation]

The server runs on a free port with an empty data folder. The operations are called with made-up ids, then with ids of a real
dataset, model and audit, and at the end the account is deleted. The requests are the same
in every run. The last line counts.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# The pieces of a resumable upload are bytes like any others.
RUN = """
import schemathesis
from schemathesis.cli import schemathesis as run
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
run()
"""
# Longest run of one round, in seconds.
PATIENCE = 180


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


def prepare(url, folder):
    """An account with a finished audit: its token, and the ids by path."""
    account = json.dumps({"email": "ana@example.org", "password": "correct horse battery"}).encode()
    token = call(f"{url}/auth/v1/signup", body=account)["access_token"]
    api = f"{url}/api/v1"
    dataset = upload(f"{api}/datasets", token, loans(folder))
    model = upload(f"{api}/models", token, ROOT / "crates/server/tests/data/loan.json")
    roles = {"target": "approved", "positive": "1", "protected": ["sex"]}
    audit = {"dataset_id": dataset, "model_id": model, "roles": roles, "stages": ["data", "performance"]}
    started = call(f"{api}/audit/full", token, json.dumps(audit).encode())
    job, analysis = started["job_id"], started["analysis_id"]
    while call(f"{api}/audit/full/{job}", token)["state"] in ("queued", "running"):
        time.sleep(0.2)
    of = {"/datasets": dataset, "/models": model, "/audit/full": job, "/audit/analyses": analysis, "/report": analysis}
    return token, of


def configuration(document, of):
    """Settings of schemathesis with real ids."""
    text = ""
    for path in document["paths"]:
        real = next((id for start, id in of.items() if path.startswith(start)), None)
        if "{" in path and real:
            name = path.split("{")[1].split("}")[0]
            text += f'[[operations]]\ninclude-path = "{path}"\nparameters = {{ "path.{name}" = "{real}" }}\n\n'
    return text


def round_of(name, folder, url, token, examples, settings="", more=()):
    path = folder / f"{name}.toml"
    path.write_text(settings)
    command = [sys.executable, "-c", RUN]
    command += ["--config-file", str(path), "run", f"{url}/api/v1/openapi.json", "--url", f"{url}/api/v1"]
    command += ["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--generation-deterministic"]
    command += ["--max-examples", str(examples), "--request-timeout", "60"]
    command += ["--continue-on-failure", "--warnings", "off", "--no-color", "--suppress-health-check", "all"]
    command += ["-H", f"Authorization: Bearer {token}", *more]
    print(f"==> {name}", flush=True)
    start = time.monotonic()
    ended = subprocess.run(command, cwd=folder, timeout=PATIENCE)
    print(f"    {name}: {'good' if ended.returncode == 0 else 'not as described'}, {time.monotonic() - start:.0f} s", flush=True)
    return ended.returncode == 0


def main():
    fine, examples = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("FINE_", "SUPABASE_", "DATABASE_URL"))}
        settings = {"FINE_DATA_DIR": str(folder / "data"), "FINE_PORT": "0", "FINE_LOG": "error"}
        limits = {"FINE_RATE_PER_SECOND": "100000", "FINE_RATE_BURST": "100000"}
        server = subprocess.Popen([fine, "serve"], stdout=subprocess.PIPE, env=keep | settings | limits, text=True)
        try:
            url = next(line.split()[-1] for line in server.stdout if line.startswith("Listening on"))
            token, of = prepare(url, folder)
            document = call(f"{url}/api/v1/openapi.json")
            account = ["--exclude-operation-id", "delete_account"]
            rounds = [
                round_of("made-up ids", folder, url, token, examples, more=account),
                round_of("real ids", folder, url, token, examples, configuration(document, of),
                         [*account, "--exclude-method", "DELETE", "--include-path-regex", r"\{"]),
                round_of("the end", folder, url, token, examples, more=["--include-operation-id", "delete_account"]),
            ]
        finally:
            server.terminate()
            server.wait(30)
    print(f"{sum(rounds)} passed, {len(rounds) - sum(rounds)} failed")
    sys.exit(0 if all(rounds) else 1)


if __name__ == "__main__":
    main()
