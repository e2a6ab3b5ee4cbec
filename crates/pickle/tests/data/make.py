"""Writes the small files of this folder: python make.py (numpy, pandas with pyarrow, joblib, lz4).

Only plain values and arrays; the tests hold what each file must read as. versions.txt records the libraries.
"""
import collections
import pathlib
import pickle

import joblib
import numpy as np
import pandas as pd
import pyarrow
from joblib import numpy_pickle

HERE = pathlib.Path(__file__).parent

content = {
    "floats": np.array([[1.5, np.nan, -0.0], [3.0, 4.0, np.inf]]),
    "fortran": np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3)),
    "big": np.array([1, -2], dtype=">i4"),
    "small": np.array([0.5, -1.25], dtype=np.float16),
    "bools": np.array([True, False]),
    "text": np.array(["a", "né", ""]),
    "objects": np.array(["x", None, 3, 2.5], dtype=object),
    "objects2": np.asfortranarray(np.array([["a", "b"], ["c", "d"]], dtype=object)),
    "records": np.array([(1, 0.5, 1), (-1, 2.5, 0)], dtype=[("left", "<i8"), ("threshold", "<f8"), ("flag", "u1")]),
    "scalar": np.float64(2.25),
    "scalar32": np.int32(-7),
    "npbool": np.bool_(True),
    "npstr": np.str_("lab"),
    "empty": np.zeros((0, 3)),
    "bytes": b"\x00\xff",
    "array_of_bytes": bytearray(b"ab"),
    "long": 2**70,
    "ordered": collections.OrderedDict([("a", 1), ("b", 2)]),
    "set": {1},
    "neg": -70000,
    "unicode": "né\\u \U0001f600",
}
for protocol in range(6):
    (HERE / f"values.p{protocol}.pkl").write_bytes(pickle.dumps(content, protocol=protocol))
for suffix in ["joblib", "z", "gz", "bz2", "xz", "lzma", "lz4"]:
    compress = 0 if suffix == "joblib" else ({"z": "zlib", "gz": "gzip"}.get(suffix, suffix), 9)
    joblib.dump(content, HERE / f"values.{suffix}", compress=compress)
joblib.dump(content, HERE / "values.p2.joblib", protocol=2)

# joblib before 1.2 wrote no alignment bytes: the same wrapper without that attribute.
make_wrapper = numpy_pickle.NumpyPickler._create_array_wrapper


def make_old_wrapper(self, array):
    wrapper = make_wrapper(self, array)
    vars(wrapper).pop("numpy_array_alignment_bytes", None)
    return wrapper


numpy_pickle.NumpyPickler._create_array_wrapper = make_old_wrapper
joblib.dump(content, HERE / "values.joblib11")

index = {
    "arrow": pd.Index(["a", "bb", None]),
    "python": pd.Index(["a", "bb"], dtype=pd.StringDtype("python")),
    "object": pd.Index(["a", "bb"], dtype=object),
    "range": pd.RangeIndex(2, 8, 3),
}
(HERE / "index.p4.pkl").write_bytes(pickle.dumps(index, protocol=4))
(HERE / "index.p2.pkl").write_bytes(pickle.dumps(index, protocol=2))
(HERE / "versions.txt").write_text(
    "".join(f"{m.__name__} {m.__version__}\n" for m in [np, pd, pyarrow, joblib])
)
