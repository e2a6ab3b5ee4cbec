"""Files that ask for more memory or time than they are worth."""
import bz2
import gzip
import lzma
import struct
import zlib

from attacks import attack, call, list_, name, new, number, state, stream, text, tuple_, wide

HUGE = 65 << 20  # Bytes that a bomb grows to: more than a small file may.


def make():
    lengths()
    sharing()
    depth()
    arrays()
    bombs()


def lengths():
    def cut(about, content):
        attack("length", about, "E-TRUNCATED", content)

    cut("BINBYTES8 of 2^63 bytes", b"\x80\x04\x8e" + struct.pack("<Q", 2**63) + b"abc.")
    cut("BINUNICODE8 of 2^64 - 1 bytes", b"\x80\x04\x8d" + struct.pack("<Q", 2**64 - 1) + b"abc.")
    cut("BINBYTES of 4 GiB", b"\x80\x04B" + struct.pack("<I", 2**32 - 1) + b"abc.")
    cut("BYTEARRAY8 of 1 TiB", b"\x80\x05\x96" + struct.pack("<Q", 2**40) + b"abc.")
    cut("A frame of 2^62 bytes", b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"N.")
    cut("SHORT_BINBYTES beyond the end", b"\x80\x04C\xffabc.")
    cut("A line without its end", b"\x80\x02V" + b"a" * 40)
    attack("length", "LONG4 of a negative length", "E-MALFORMED", b"\x80\x02\x8b" + struct.pack("<i", -1) + b".")
    attack("length", "BINSTRING of a negative length", "E-MALFORMED", b"\x80\x02T" + struct.pack("<i", -1) + b".")
    long4 = [(b"\x80\x02\x8b" + struct.pack("<i", 2**24), 1), (b"\x7f", 2**24), (b".", 1)]
    attack("length", "An integer of 16 MiB", "E-LIMIT", parts=long4)
    attack("length", "A decimal integer of five million digits", "E-LIMIT", parts=[(b"I", 1), (b"9", 5_000_000), (b"\n.", 1)])
    attack("length", "A float of a million digits", "E-LIMIT", parts=[(b"F1.", 1), (b"1", 1_000_000), (b"\n.", 1)])
    attack("length", "A module name of a million letters", "E-LIMIT", parts=[(b"c", 1), (b"a", 1_000_000), (b"\nx\n.", 1)])
    attack("length", "Memo index 2^32 - 1", "E-UNSUPPORTED", b"\x80\x02Nr\xff\xff\xff\xff.")
    attack("length", "Memo index of 20 digits", "E-MALFORMED", b"Np99999999999999999999\n.")
    attack("length", "A memo entry that was never stored", "E-MALFORMED", b"\x80\x02h\x05.")


def sharing():
    def laughs(levels):
        pairs = b"".join(b"h" + bytes([i]) + b"h" + bytes([i]) + b"\x86q" + bytes([i + 1]) for i in range(levels))
        return b"\x80\x02]q\x00" + pairs + b"."

    attack("sharing", "A billion laughs, 2 to the 60", "E-UNSUPPORTED", laughs(60))
    attack("sharing", "A billion laughs, 2 to the 200", "E-UNSUPPORTED", laughs(200))
    ridge = new(name("sklearn.linear_model._ridge", "Ridge"))
    union = b"\x80\x02" + ridge + b"}bq\x00"
    for level in range(50):
        shared = b"h" + bytes([level])
        union += state(
            new(name("sklearn.pipeline", "FeatureUnion")),
            transformer_list=list_(tuple_(text("a"), shared), tuple_(text("b"), shared)),
        ) + b"q" + bytes([level + 1])
    attack("sharing", "A union of itself twice, fifty times over", "E-LIMIT", union + b".")
    own = name("sklearn.pipeline", "Pipeline") + b")\x81q\x00" + b"}" + text("steps") + b"](" + text("a") + b"h\x00\x86esb"
    attack("sharing", "A pipeline that is its own step", "E-LIMIT", stream(own))
    best = name("sklearn.model_selection._search", "GridSearchCV") + b")\x81q\x00" + b"}" + text("best_estimator_") + b"h\x00sb"
    attack("sharing", "A search whose best model is itself", "E-LIMIT", stream(best))
    attack("sharing", "A list that holds itself", "E-UNSUPPORTED", b"\x80\x02]q\x00h\x00a.")
    attack("sharing", "A dictionary that is its own key", "E-MALFORMED", b"\x80\x02}q\x00h\x00Ns.")
    attack("sharing", "A tuple that holds itself", "E-UNSUPPORTED", b"\x80\x02]q\x00(h\x00tq\x01a.")
    flood = [(b"\x80\x02}(", 1)] + [(b"J" + struct.pack("<i", key * 4096) + b"N", 1000) for key in range(0, 300)] + [(b"u.", 1)]
    attack("sharing", "Three hundred thousand keys that collide", "E-UNSUPPORTED", parts=flood)
    record = b"\x80\x02" + call(name("numpy", "dtype"), text("u1"), b"\x89", b"\x88") + b"q\x00"
    for level in range(1, 5):
        names = [f"f{k:02}" for k in range(60)]
        fields = b"}(" + b"".join(text(n) + b"h" + bytes([level - 1]) + b"K\x00\x86" for n in names) + b"u"
        record += b"0" + call(name("numpy", "dtype"), text("V60"), b"\x89", b"\x88")
        record += tuple_(b"K\x03", text("|"), b"N", tuple_(*map(text, names)), fields, b"K\x3c", b"K\x01", b"K\x00")
        record += b"bq" + bytes([level])
    scalar = record + b"0" + call(name("numpy.core.multiarray", "scalar"), b"h\x04", b"U\x3c" + b"\0" * 60)
    tree = state(new(name("sklearn.linear_model._ridge", "Ridge")), coef_=scalar[2:], intercept_=b"K\x00")
    attack("sharing", "Records of records of records", ["E-MALFORMED", "E-LIMIT"], stream(tree))


def depth():
    attack("depth", "A million lists inside of each other", "E-UNSUPPORTED", parts=[(b"\x80\x02", 1), (b"]", 1_000_000), (b"a", 999_999), (b".", 1)])
    attack("depth", "Three million tuples inside of each other", "E-UNSUPPORTED", parts=[(b"\x80\x02N", 1), (b"\x85", 3_000_000), (b".", 1)])
    attack("depth", "Five million marks", "E-LIMIT", parts=[(b"(", 5_000_000), (b".", 1)])
    attack("depth", "Five million copies of the top", "E-LIMIT", parts=[(b"\x80\x02N", 1), (b"2", 5_000_000), (b".", 1)])
    attack("depth", "Five million empty lists on the stack", "E-LIMIT", parts=[(b"\x80\x02", 1), (b"]", 5_000_000), (b".", 1)])
    names = b"".join(f"cm{i:x}\nn\n0".encode() for i in range(20_001))
    attack("depth", "Twenty thousand imports", "E-LIMIT", file=lzma.compress(b"\x80\x02" + names + b"N."), suffix="xz")
    inside = new(name("sklearn.linear_model._ridge", "Ridge"))
    for level in range(60):
        inside = state(new(name("sklearn.pipeline", "Pipeline")), steps=list_(tuple_(text("s"), inside)))
    attack("depth", "Sixty pipelines inside of each other", "E-LIMIT", stream(inside))


def dtype(code="f8", order="<", size=-1):
    made = call(name("numpy", "dtype"), text(code), b"\x89", b"\x88")
    return made + tuple_(b"K\x03", text(order), b"N", b"N", b"N", number(size), number(-1), b"K\x00") + b"b"


def array(shape, data, kind=None):
    made = call(name("numpy.core.multiarray", "_reconstruct"), name("numpy", "ndarray"), b"K\x00\x85", b"C\x01b")
    content = b"B" + struct.pack("<I", len(data)) + data
    return made + tuple_(b"K\x01", tuple_(*map(wide, shape)), kind or dtype(), b"\x89", content) + b"b"


def ridge(coef):
    """A linear model with these coefficients, so that they are read."""
    estimator = new(name("sklearn.linear_model._ridge", "Ridge"))
    return stream(state(estimator, coef_=coef, intercept_=b"K\x00", n_features_in_=b"K\x01"), 3)


def arrays():
    def wrong(about, coef):
        attack("array", about, ["E-MALFORMED", "E-LIMIT"], ridge(coef))

    wrong("A shape whose product overflows", array([2**62, 2**62], b"abc"))
    wrong("A terabyte of numbers in eight bytes", array([2**40], b"abcdefgh"))
    wrong("An empty axis beside an endless one", array([0, 2**60], b""))
    wrong("A negative axis", array([-1], b""))
    wrong("Thirty-three axes", array([1] * 33, b"abcdefgh"))
    wrong("Fewer bytes than the shape says", array([4], b"abcdefgh"))
    wrong("More bytes than the shape says", array([1], b"abcdefgh" * 2))
    wrong("Elements of no size, 2 to the 60 of them", array([2**60], b"", dtype("V0")))
    wrong("Elements of a gigabyte", array([1], b"abc", dtype("V1000000000")))
    wrong("Text elements whose size overflows", array([1], b"abc", dtype("U9223372036854775807")))
    wrong("An array of objects that claims bytes", array([2], b"abcdefgh", dtype("O8")))
    wrong("A float of three bytes", array([1], b"abc", dtype("f3")))
    shared = array([16], b"\0" * 128)
    copies = b"".join(b"h\x01" for _ in range(4096))
    forest = state(new(name("sklearn.linear_model._ridge", "Ridge")), coef_=shared + b"q\x010" + list_(copies), intercept_=b"K\x00")
    attack("array", "One array that is shared four thousand times", "E-MALFORMED", stream(forest, 3))
    wrapper = state(
        new(name("joblib.numpy_pickle", "NumpyArrayWrapper")),
        subclass=name("numpy", "ndarray"), shape=number(2**31 - 1) + b"\x85", order=text("C"), allow_mmap=b"\x89", dtype=dtype(),
    )
    attack("array", "A joblib array of 16 GiB that is not there", "E-TRUNCATED", stream(wrapper + b"abcdefgh"))
    old = stream(state(new(name("joblib.numpy_pickle", "NDArrayWrapper")), filename=text("/etc/passwd")))
    attack("array", "A joblib array in another file", "E-OLDJOBLIB", old)
    range_ = call(name("pandas.core.indexes.base", "_new_Index"), name("pandas.core.indexes.range", "RangeIndex"),
                  b"}(" + text("start") + b"K\x00" + text("stop") + wide(2**62) + text("step") + b"K\x01u")
    wrong("A range of 2 to the 62 columns", range_)


def blocks(compressor):
    """A pickle of `HUGE` zero bytes, compressed block by block."""
    out = [compressor.compress(b"\x80\x04\x8e" + struct.pack("<Q", HUGE))]
    out += [compressor.compress(bytes(1 << 20)) for _ in range(HUGE >> 20)]
    return b"".join(out) + compressor.compress(b".") + compressor.flush()


def bombs():
    def bomb(about, content, suffix):
        attack("bomb", about, "E-BOMB", file=content, suffix=suffix)

    bomb("zlib", blocks(zlib.compressobj(9)), "zlib")
    bomb("gzip", blocks(zlib.compressobj(9, zlib.DEFLATED, 31)), "gz")
    bomb("bz2", blocks(bz2.BZ2Compressor(9)), "bz2")
    bomb("xz", blocks(lzma.LZMACompressor(preset=6)), "xz")
    bomb("LZMA alone", blocks(lzma.LZMACompressor(format=lzma.FORMAT_ALONE, preset=6)), "lzma")
    attack("bomb", "LZ4", "E-BOMB", parts=lz4((HUGE >> 22) + 1))
    attack("bomb", "gzip inside of gzip", "E-NESTED", gzip.compress(gzip.compress(b"\x80\x04N.", mtime=0), mtime=0))
    attack("bomb", "zlib inside of bz2", "E-NESTED", bz2.compress(zlib.compress(b"\x80\x04N.")))
    header = b"\x5d\x00\x00" + struct.pack("<H", 0xFFF0) + b"\xff" * 8 + b"\0" * 6
    attack("bomb", "An LZMA dictionary of 4 GiB", ["E-LIMIT", "E-DECOMPRESS"], header)
    whole = zlib.compress(bytes(range(256)) * 64)
    attack("bomb", "zlib that is cut off", "E-TRUNCATED", whole[: len(whole) // 2])
    attack("bomb", "gzip that is cut off", "E-TRUNCATED", gzip.compress(bytes(range(256)), mtime=0)[:60])
    attack("bomb", "bz2 that is none", ["E-DECOMPRESS", "E-TRUNCATED"], b"BZh9garbage that is no block")
    attack("bomb", "xz that is none", ["E-DECOMPRESS", "E-TRUNCATED"], b"\xfd7zXZ\0garbage that is no block")
    attack("bomb", "zlib of nothing", "E-EMPTY", zlib.compress(b""))
    broken = bytearray(gzip.compress(b"\x80\x04N.", mtime=0))
    broken[-6] ^= 255
    attack("bomb", "gzip whose checksum is wrong", "E-DECOMPRESS", bytes(broken))


def lz4(blocks):
    """A frame of 4 MiB blocks, each one zero byte and a match that repeats it (LZ4 frame format 1.6)."""
    frame = b"\x04\x22\x4d\x18" + b"\x60\x70" + b"\x73"
    match = (4 << 20) - 1 - 5
    extra = match - 4 - 15
    block = b"\x1f\x00" + b"\x01\x00" + b"\xff" * (extra // 255) + bytes([extra % 255]) + b"\x50" + b"\0" * 5
    return [(frame, 1), (struct.pack("<I", len(block)) + block, blocks), (b"\0\0\0\0", 1)]
