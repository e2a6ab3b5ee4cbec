"""Holds a running server against its own OpenAPI document with schemathesis: no answer may be a 5xx, have a status or a media
type that is not described, or a body that does not fit its schema.

    python run.py path/to/fine [requests for each operation]

The server runs on a free port with an empty data folder. The operations are called with made-up ids, then with ids of a real
dataset, model and audit, and at the end the account is deleted. The requests are the same
in every run. The last line counts.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from site_of_one import call, prepare, serving

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
        with serving(fine, folder) as url:
            token, of = prepare(url, folder, ["data", "performance"])
            document = call(f"{url}/api/v1/openapi.json")
            account = ["--exclude-operation-id", "delete_account"]
            rounds = [
                round_of("made-up ids", folder, url, token, examples, more=account),
                round_of("real ids", folder, url, token, examples, configuration(document, of),
                         [*account, "--exclude-method", "DELETE", "--include-path-regex", r"\{"]),
                round_of("the end", folder, url, token, examples, more=["--include-operation-id", "delete_account"]),
            ]
    print(f"{sum(rounds)} passed, {len(rounds) - sum(rounds)} failed")
    sys.exit(0 if all(rounds) else 1)


if __name__ == "__main__":
    main()
