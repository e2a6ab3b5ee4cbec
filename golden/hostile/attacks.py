"""Assembles hostile files byte by byte; `make.py` lists them. Nothing here loads a pickle."""
import json
import pathlib

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"
COMMAND = "touch fine-hostile-sentinel"
CASES = []


def text(value):
    raw = value.encode()
    return b"X" + len(raw).to_bytes(4, "little") + raw


def number(value):
    return b"J" + value.to_bytes(4, "little", signed=True)


def wide(value):
    """A whole number of eight bytes, or nine where it needs them (LONG1)."""
    size = 8 if -(2**63) <= value < 2**63 else 9
    return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def name(module, attribute):
    return f"c{module}\n{attribute}\n".encode()


def tuple_(*items):
    return b"(" + b"".join(items) + b"t"


def list_(*items):
    return b"](" + b"".join(items) + b"e" if items else b"]"


def call(function, *arguments):
    return function + tuple_(*arguments) + b"R"


def new(cls, *arguments):
    return cls + tuple_(*arguments) + b"\x81"


def state(made, **attributes):
    return made + b"}(" + b"".join(text(key) + value for key, value in attributes.items()) + b"ub"


def stream(body, protocol=2):
    return bytes([0x80, protocol]) + body + b"."


def attack(group, about, code, content=None, *, file=None, parts=None, base=None, edits=None, dangers=(), suffix="pkl"):
    """Adds a case: `content` in the list itself, `file` in a file of its own, `parts` as (bytes, times), or `edits` of
    a golden model (`base`) as (old, new).

    `code` is the stable code of the refusal; several are given where another reader than today's may say it better.
    """
    slug = about.lower()
    slug = "".join(c if c.isalnum() else "-" for c in slug)
    slug = "-".join(part for part in slug.split("-") if part)[:60].rstrip("-")
    case = {"name": f"{group}-{slug}", "about": about, "codes": [code] if isinstance(code, str) else list(code)}
    if dangers:
        case["dangers"] = [dangers] if isinstance(dangers, str) else list(dangers)
    if content is not None:
        case["parts"] = [[content.hex(), 1]]
    elif file is not None:
        FILES.mkdir(exist_ok=True)
        case["file"] = f"{case['name']}.{suffix}"
        (FILES / case["file"]).write_bytes(file)
    elif parts is not None:
        case["parts"] = [[raw.hex(), times] for raw, times in parts]
    else:
        case["base"] = base
        case["edits"] = [[old.hex(), replacement.hex()] for old, replacement in edits]
        original = (HERE.parent / base).read_bytes()
        for old, _ in edits:
            assert old in original, (about, old)
    assert case["name"] not in {other["name"] for other in CASES}, case["name"]
    CASES.append(case)


def finish():
    lines = ["# Written by make.py. Bytes are hexadecimal; a part stands there as often as its number says.\n"]
    for case in CASES:
        lines.append("\n[[case]]\n")
        lines.extend(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in case.items())
    (HERE / "cases.toml").write_text("".join(lines))
    kept = {case["file"] for case in CASES if "file" in case}
    for path in FILES.iterdir():
        if path.name not in kept:
            path.unlink()
    print(f"{len(CASES)} cases, {len(kept)} files")
