"""What CPython's own pickle machine makes of golden pickles, as text: python canonical.py (standard library only).

Calls and classes are replaced by records, so nothing of a file is run. `canonical.txt` holds, for each file, the number of
calls, of lines, and the FNV-1a hash of its dump; `canonical-<case>.txt` the whole dump of the smallest. With a file as
argument the dump is printed.
"""
import io
import pathlib
import pickle
import pickletools
import struct
import sys
import tomllib

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[3]
CALLS = {"REDUCE": "reduce", "NEWOBJ": "new", "NEWOBJ_EX": "new", "INST": "instance", "OBJ": "instance"}
WHOLE = 3


class Made:
    """The record of a call, in place of its result."""

    def __new__(cls, *args, **kwargs):
        # NEWOBJ of a class that a call made.
        if isinstance(cls, Made):
            return Made(cls.log, cls, args, kwargs or None)
        return object.__new__(cls)

    def __init__(self, log, callee, args, kwargs):
        self.callee, self.args, self.kwargs, self.state = callee, args, kwargs, None
        self.items, self.pairs = [], []
        log.append(self)
        self.log = log

    def __setstate__(self, state):
        assert self.state is None
        self.state = state

    def __call__(self, *args):
        return Made(self.log, self, args, None)

    def extend(self, items):
        self.items.extend(items)

    def append(self, item):
        self.items.append(item)

    def add(self, item):
        self.items.append(item)

    def __setitem__(self, key, value):
        self.pairs.append((key, value))


def named(module, name, log):
    """A class that stands for an imported name and records what is made of it."""

    class Meta(type):
        def __call__(cls, *args):
            return Made(log, cls, args, None)

    class Name(metaclass=Meta):
        full = f"{module}.{name}"

        def __new__(cls, *args, **kwargs):
            return Made(log, cls, args, kwargs or None)

    return Name


class Machine(pickle._Unpickler):
    """The reference machine, in Python, with names that import nothing."""

    def __init__(self, content):
        super().__init__(io.BytesIO(content), encoding="bytes")
        self.log, self.names = [], {}

    def find_class(self, module, name):
        key = (module, name)
        if key not in self.names:
            self.names[key] = named(module, name, self.log)
        return self.names[key]


class Dump:
    """A value as text. Containers are numbered where they are met first, and only named after that."""

    def __init__(self):
        self.seen, self.kept = {}, []

    def text(self, value):
        if value is None or value is True or value is False or value == () and type(value) is tuple:
            return repr(value)
        if type(value) is int:
            return f"i{value}" if -(2**63) <= value < 2**63 else "big"
        if type(value) is float:
            return "f" + struct.pack(">d", value).hex()
        if type(value) is str:
            plain = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in value)
            return "s" + plain.encode().hex()
        if isinstance(value, (bytes, bytearray)):
            return f"b{len(value)}:{fnv(bytes(value)):016x}"
        if isinstance(value, type):
            return value.full
        if id(value) in self.seen:
            return f"#{self.seen[id(value)]}"
        number = self.seen[id(value)] = len(self.seen)
        self.kept.append(value)
        return f"#{number}={self.container(value)}"

    def container(self, value):
        if type(value) is tuple:
            return f"({self.all(value)})"
        if type(value) is list:
            return f"[{self.all(value)}]"
        if type(value) in (set, frozenset):
            return "{" + ",".join(sorted(self.text(item) for item in value)) + "}"
        if type(value) is dict:
            return "{" + ",".join(f"{self.text(k)}:{self.text(v)}" for k, v in value.items()) + "}"
        assert type(value) is Made, type(value)
        # In this order: the numbers are given on the way.
        out = f"{self.text(value.callee)}({self.all(value.args)})"
        out += "" if value.kwargs is None else f" kwargs {self.text(value.kwargs)}"
        out += "" if value.state is None else f" state {self.text(value.state)}"
        out += f" items [{self.all(value.items)}]" if value.items else ""
        pairs = ",".join(f"{self.text(k)}:{self.text(v)}" for k, v in value.pairs)
        return out + (f" pairs [{pairs}]" if pairs else "")

    def all(self, values):
        return ",".join(self.text(value) for value in values)


def fnv(content):
    value = 0xCBF29CE484222325
    for byte in content:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def dump(content):
    machine = Machine(content)
    root = machine.load()
    # Both stop at the end of the first stream.
    made = [(position, CALLS[code.name]) for code, _, position in pickletools.genops(content) if code.name in CALLS]
    assert len(made) == len(machine.log), (len(made), len(machine.log))
    lines = []
    for (position, how), record in zip(made, machine.log):
        callee = record.callee.full if isinstance(record.callee, type) else "()"
        lines.append(f"{position} {how} {callee} {len(record.args)}")
    lines.append(Dump().text(root))
    return lines


def row(name, lines):
    if lines is None:
        return f"{name} refused -\n"
    text = "\n".join(lines) + "\n"
    return f"{name} {len(lines) - 1} {fnv(text.encode()):016x}\n"


def main():
    sys.setrecursionlimit(10_000)
    if len(sys.argv) > 1:
        print("\n".join(dump(pathlib.Path(sys.argv[1]).read_bytes())))
        return
    files = sorted(ROOT.glob("golden/model-sklearn-*/model.pkl"), key=lambda path: (path.stat().st_size, path))[:24]
    files += sorted(ROOT.glob("golden/hostile/files/model-*.pkl"))[:8]
    files += [HERE / f"values.p{protocol}.pkl" for protocol in range(6)] + [HERE / "index.p2.pkl", HERE / "index.p4.pkl"]
    rows = [f"# CPython {sys.version_info.major}.{sys.version_info.minor}\n"]
    for index, path in enumerate(files):
        lines = dump(path.read_bytes())
        if index < WHOLE:
            (HERE / f"canonical-{path.parent.name}.txt").write_text("\n".join(lines) + "\n")
        rows.append(row(path.relative_to(ROOT).as_posix(), lines))
    # Attacks are short and use the opcodes that no library writes; some of them the reference machine refuses too.
    for case in tomllib.loads((ROOT / "golden/hostile/cases.toml").read_text())["case"]:
        parts = case.get("parts", [])
        if len(parts) != 1 or parts[0][1] != 1 or not 0 < len(parts[0][0]) < 1200:
            continue
        content = bytes.fromhex(parts[0][0])
        # Not for the plain machine: compressed files, and arrays that joblib reads beside it.
        if content[:2] in (b"\x1f\x8b", b"BZ", b"\xfd7", b"]\0") or content[0] == 0x78 or b"joblib.numpy_pickle" in content:
            continue
        try:
            lines = dump(content)
        except Exception:
            lines = None
        rows.append(row("hex:" + parts[0][0], lines))
    (HERE / "canonical.txt").write_text("".join(rows))


main()
