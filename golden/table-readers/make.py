#!/usr/bin/env python3
"""Makes small files in every format that Fine reads, and expected.json: what pandas and pyarrow read from them.

Run it in this folder with `pip install pandas pyarrow`. The data are made up here.
"""
import datetime as dt
import decimal
import gzip
import io
import json
import pathlib

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
EXPECTED = {}


def kind_of(series):
    present = series.dropna()
    if pd.api.types.is_bool_dtype(series.dtype) or (len(present) and all(isinstance(v, bool) for v in present)):
        return "bool"
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return "time"
    if pd.api.types.is_integer_dtype(series.dtype):
        return "int"
    if pd.api.types.is_float_dtype(series.dtype):
        return "float"
    return "text"


def cell(value, kind):
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if kind == "bool":
        return bool(value)
    if kind == "text":
        return str(value)
    if kind == "time":
        return int(pd.Timestamp(value).as_unit("us")._value)
    value = float(value)
    return value if abs(value) != float("inf") else ("inf" if value > 0 else "-inf")


def expect(name, frame, facts, kinds=None):
    columns = []
    for column in frame.columns:
        kind = (kinds or {}).get(column) or kind_of(frame[column])
        columns.append({"name": column, "kind": kind, "values": [cell(v, kind) for v in frame[column]]})
    EXPECTED[name] = {"facts": facts, "columns": columns}


def csv(name, data, facts, kinds=None, **options):
    (HERE / name).write_bytes(data)
    expect(name, pd.read_csv(io.BytesIO(data), float_precision="round_trip", **options), facts, kinds)


TRICKY = (
    'int,float,bool,text,missing,"with ""quotes""",padded,inf,exponent,zeros,mixed,question\n'
    '1,0.1,True,plain,,"a,b", 7,inf,1e3,007,1,?\n'
    '-2,.5,FALSE,NA,NaN,"two\nlines",8 ,-Infinity,1E-3,010,x,1\n'
    '\n'
    '+3,1e308,true,"""q""",null,5" pipe,\t9,+inf,2.5e+10,0,True,2\n'
    "4,3.14159265358979323846,false,None,n/a,,10,1,5e-324,1,,3\n"
    "5,123456789012345678,True,nan,#N/A,  blank,11,2,1.7976931348623157e308,2,2.5,-1.#IND\n"
)
# A whole-number column with missing cells is `float64` in pandas and `int` with gaps in Fine.
csv("tricky.csv", TRICKY.encode(), {"format": "csv", "delimiter": ",", "quote": '"', "encoding": "utf-8"})
data = TRICKY.replace("\n\n", "\n").replace("two\nlines", "two lines").replace("\n", "\r\n").encode("utf-8-sig")
csv("crlf-bom.csv.gz", data, {"format": "csv", "compression": "gzip"})
(HERE / "crlf-bom.csv.gz").write_bytes(gzip.compress(data, mtime=0))

SPANISH = "región;edad;peso;género\nÑuble;35;70,25;mujer\nÁvila;41;80,5;hombre\nLeón;;-1,0;niña\n"
options = {"sep": ";", "decimal": ",", "encoding": "cp1252"}
csv("spanish-latin1.csv", SPANISH.encode("cp1252"), {"encoding": "windows-1252", "decimal": ","}, {"edad": "int"}, **options)
for encoding in ["utf-16-le", "utf-16-be"]:
    short = encoding.replace("-", "").replace("utf16", "utf16-")
    name = f"spanish-{short}.csv"
    mark = b"\xff\xfe" if encoding.endswith("le") else b"\xfe\xff"
    csv(name, mark + SPANISH.encode(encoding), {"delimiter": ";"}, {"edad": "int"}, **(options | {"encoding": "utf-16"}))
csv("tabs.tsv", b"a\tb|c\td\n1\tx, y\t2.5\n2\tz\t\n", {"format": "tsv", "delimiter": "\t"}, sep="\t")
csv("pipes.csv", b"a|b\n1|x;y\n2|z\n", {"delimiter": "|"}, sep="|")

TYPES = pa.table(
    {
        "i8": pa.array([1, None, -3], pa.int8()),
        "u64": pa.array([1, 2, 3], pa.uint64()),
        "big": pa.array([1, 2**53 + 1, -(2**62)], pa.int64()),
        "f32": pa.array([0.1, None, float("inf")], pa.float32()),
        "f16": pa.array([0.5, 1.5, None], pa.float16()),
        "flag": pa.array([True, None, False]),
        "text": pa.array(["NA", "", None]),
        "large": pa.array(["é", "x", "x"], pa.large_string()),
        "category": pa.array(["b", "a", None]).dictionary_encode(),
        "money": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal("-12345678901234.56")], pa.decimal128(18, 2)),
        "day": pa.array([dt.date(1970, 1, 2), None, dt.date(1969, 12, 31)]),
        "at_ns": pa.array([1_700_000_000_123_456_789, None, -1], pa.timestamp("ns")),
        "at_zone": pa.array([1_700_000_000, 0, None], pa.timestamp("s", tz="America/Santiago")),
    }
)
KINDS = {
    "i8": "int", "big": "text", "flag": "bool", "money": "float", "day": "time", "f16": "float", "category": "text",
}


def types(name, facts, table=TYPES):
    frame = pd.DataFrame({c: pd.Series(table[c].to_pylist(), dtype=object) for c in table.column_names})
    frame["u64"] = frame["u64"].astype("int64")
    frame["f32"] = table["f32"].to_pandas().astype("float64")
    frame["f16"] = frame["f16"].astype("float64")
    for column in [c for c in ["at_ns", "at_zone"] if c in frame]:
        frame[column] = table[column].cast(pa.timestamp("us", tz=table[column].type.tz), safe=False).to_pandas()
    for column in ["at_ns"]:
        # microseconds, rounded down
        frame[column] = [None if v is None else pd.Timestamp(v // 1000, unit="us") for v in table[column].cast(pa.int64()).to_pylist()]
    frame["day"] = pd.to_datetime(frame["day"])
    expect(name, frame, facts, KINDS)


pq.write_table(TYPES, HERE / "types.parquet", compression="zstd", row_group_size=2)
types("types.parquet", {"format": "parquet"})
pyarrow.feather.write_feather(TYPES, HERE / "types.feather", compression="lz4")
types("types.feather", {"format": "arrow-file"})
with pyarrow.ipc.new_stream(HERE / "types.arrows", TYPES.schema) as writer:
    writer.write_table(TYPES, max_chunksize=2)
types("types.arrows", {"format": "arrow-stream"})

pq.write_table(pa.table({"ok": [1], "list": [[1, 2]]}), HERE / "nested.parquet")

ROWS = [
    {"i": 1, "f": 0.1, "t": "x", "b": True, "mixed": 1, "gap": None},
    {"i": 2, "f": 1e300, "t": "é\n", "b": False, "mixed": "y", "new": 5},
    {"t": "NA", "i": 3, "f": -2.5, "b": None, "mixed": None, "gap": 2.5},
]
frame = pd.DataFrame(ROWS)
kinds = {"mixed": "text", "b": "bool", "gap": "float", "new": "int"}
lines = "\n".join(json.dumps(r) for r in ROWS) + "\n"
(HERE / "rows.jsonl.zst").write_bytes(pa.compress(lines.encode(), codec="zstd", asbytes=True))
expect("rows.jsonl.zst", frame, {"format": "json-lines", "compression": "zstd"}, kinds)
(HERE / "rows.json").write_text(json.dumps(ROWS, indent=1, ensure_ascii=False))
expect("rows.json", frame, {"format": "json-array"}, kinds)

VERSIONS = {"pandas": pd.__version__, "pyarrow": pa.__version__}
out = {"versions": VERSIONS, "files": EXPECTED}
(HERE / "expected.json").write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n")
