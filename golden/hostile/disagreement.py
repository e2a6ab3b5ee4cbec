"""Files that one reader takes for something else than another, and files that are none."""
import gzip
import struct

from attacks import COMMAND, HERE, attack, call, name, new, state, stream, text, tuple_

PAYLOAD = call(name("posix", "system"), text(COMMAND))


def make():
    broken()
    refused()
    odd()
    foreign()


def broken():
    """The stream breaks after the payload: Python has run it by then."""

    def breaks(about, tail):
        attack("broken", about, "E-DANGER", b"\x80\x02" + PAYLOAD + tail, dangers="posix.system")

    breaks("A byte that is no opcode follows the payload", b"\xffgarbage")
    breaks("The file ends after the payload", b"")
    breaks("A length beyond the end follows the payload", b"\x8e" + struct.pack("<Q", 2**60))
    breaks("The stack is empty after the payload", b"000.")
    breaks("A persistent id follows the payload", b"Q.")
    breaks("State on an imported name follows the payload", name("numpy", "prod") + b"}b.")
    attack("broken", "A second pickle that breaks after its payload", "E-DANGER", stream(b"N") + b"\x80\x02" + PAYLOAD + b"\xff", dangers="posix.system")
    zero = f"cos\nsystem\n(S'{COMMAND}'\ntR".encode()
    attack("broken", "Protocol 0 that breaks", "E-DANGER", zero + b"\xff", dangers="os.system")
    attack("broken", "A pickle that begins with text", "E-DANGER", text("x") + b"0" + PAYLOAD + b".", dangers="posix.system")
    boost = b"CBM1" + b"\0" * 64 + b"0" + PAYLOAD + b"."
    attack("broken", "A pickle that looks like CatBoost", "E-DANGER", boost, dangers="posix.system")
    packed = gzip.compress(b"\x80\x02" + PAYLOAD + b"\xff", mtime=0)
    attack("broken", "The same in gzip", "E-DANGER", packed, dangers="posix.system")


def refused():
    attack("refused", "Two pickles in one file", "E-UNSUPPORTED", stream(b"K\x01") + stream(b"K\x02"))
    good = (HERE.parent / "model-sklearn-bundle/model.pkl").read_bytes()
    attack("refused", "Bytes after a good model", "opens", file=good + b"\0" * 100 + stream(b"N"))
    attack("refused", "A persistent id", "E-PERSID", b"\x80\x02X\x01\x00\x00\x00aQ.")
    attack("refused", "A persistent id in text", "E-PERSID", b"\x80\x02Pstorage\n.")
    for opcode, rest in [(b"\x82", b"\x01"), (b"\x83", b"\x01\x00"), (b"\x84", b"\x01\x00\x00\x00")]:
        attack("refused", f"EXT{len(rest)}", "E-EXT", b"\x80\x02" + opcode + rest + b".")
    attack("refused", "NEXT_BUFFER", "E-OOB", b"\x80\x05\x97.")
    attack("refused", "READONLY_BUFFER", "E-OOB", b"\x80\x05N\x98.")
    attack("refused", "Protocol 99", "E-PROTO", b"\x80\x63N.")
    attack("refused", "State on an imported name", "E-BUILD", b"\x80\x05" + name("numpy", "prod") + b"N(Va\nVos\nd\x86b.")
    attack("refused", "State on one object twice", "E-BUILD", stream(state(state(new(name("x", "y")), a=b"N"), b=b"N")))
    attack("refused", "State on a list", "E-BUILD", b"\x80\x02]}b.")
    attack("refused", "An octal integer, which C and Python read differently", "E-MALFORMED", b"I010\n.")
    attack("refused", "An integer with blanks", "E-MALFORMED", b"I 1\n.")
    attack("refused", "A string without its quote", "E-MALFORMED", b"S'a\n.")
    attack("refused", "A pop from the empty stack", "E-MALFORMED", b"\x80\x020.")
    attack("refused", "A pop below a mark", "E-MALFORMED", b"\x80\x02N(a.")
    attack("refused", "A tuple without a mark", "E-MALFORMED", b"\x80\x02Nt.")
    attack("refused", "A key without a value", "E-MALFORMED", b"\x80\x02(Nd.")
    attack("refused", "A call of a number", "E-MALFORMED", b"\x80\x02K\x01)R.")
    attack("refused", "A call with a list as its arguments", "E-MALFORMED", stream(name("x", "y") + b"]R"))
    attack("refused", "Items appended to a name", "E-MALFORMED", stream(name("x", "y") + b"Na"))
    attack("refused", "An import whose name is a number", "E-MALFORMED", b"\x80\x04K\x01K\x02\x93.")
    attack("refused", "Items set in a list", "E-MALFORMED", b"\x80\x02]NNs.")


def odd():
    attack("odd", "Text that is no UTF-8", "E-MALFORMED", b"\x80\x02X\x02\x00\x00\x00\xff\xfe.")
    attack("odd", "A lone surrogate, which Python takes", "E-UNSUPPORTED", b"\x80\x02X\x03\x00\x00\x00\xed\xa0\x80.")
    attack("odd", "A list in a set", "E-MALFORMED", b"\x80\x04\x8f(]\x90.")
    attack("odd", "Marks that are left over", "E-UNSUPPORTED", b"\x80\x02(N.")
    attack("odd", "Only a protocol", "E-TRUNCATED", b"\x80\x04")
    attack("odd", "An empty file", "E-EMPTY", b"")
    estimator = new(name("sklearn.linear_model._ridge", "Ridge"))
    twice = b"}(" + text("coef_") + b"K\x01" + text("coef_") + name("x", "y") + b"u"
    attack("odd", "One attribute with two values", "E-MALFORMED", stream(estimator + twice + b"b"))
    slots = tuple_(b"}" + text("alpha") + b"K\x01s", b"}" + text("coef_") + name("x", "y") + b"s")
    attack("odd", "State in two parts", "E-MALFORMED", stream(estimator + slots + b"b"))
    state_ = stream(estimator + text("state that is text") + b"b")
    attack("odd", "State that is text", "E-NOTFITTED", state_)


def foreign():
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"
    attack("foreign", "A Git LFS pointer", "E-LFS", pointer, suffix="txt")
    attack("foreign", "A Keras file", "E-KERAS", b"\x89HDF\r\n\x1a\n" + b"\0" * 64)
    attack("foreign", "A PyTorch archive", "E-TORCH", b"PK\x03\x04" + b"\0" * 26 + b"archive/data.pkl" + b"\0" * 40)
    attack("foreign", "A PyTorch file before 1.6", "E-TORCH", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.")
    attack("foreign", "A program", "E-FORMAT", b"\x7fELF\x02\x01\x01" + b"\0" * 64)
    attack("foreign", "A thousand entities in PMML", "E-FOREIGN",
           b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><PMML>&b;</PMML>')
    attack("foreign", "A zip that claims four gigabytes", ["E-FOREIGN", "E-MALFORMED", "E-LIMIT", "E-TRUNCATED", "E-ZIP"],
           b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0" + b"\xff" * 8 + b"\x05\0\0\0model" + b"\0" * 22)
    attack("foreign", "Noise", "E-FORMAT", bytes((i * 151 + 7) % 256 for i in range(1, 400)))
