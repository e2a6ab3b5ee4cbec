"""What CPython's own unpickler makes of a file, without importing or calling anything, as text.

`pickle._Unpickler` (the one written in Python) keeps its stack and memo; names and calls become records. One line a
value, children after it; a value met again is `@` and the number of its line.
"""
import hashlib
import io
import json
import pickle
import struct


class Name:
    def __init__(self, module, name):
        self.module, self.name = module, name


class Call:
    def __init__(self, made, callee, args, kwargs=None):
        self.made, self.callee, self.args, self.kwargs = made, callee, args, kwargs
        self.state, self.items, self.pairs = None, [], []

    def append(self, item):
        self.items.append(item)

    def extend(self, items):
        self.items.extend(items)

    def __setitem__(self, key, value):
        self.pairs.append((key, value))


class Reader(pickle._Unpickler):
    dispatch = dict(pickle._Unpickler.dispatch)

    def find_class(self, module, name):
        return Name(module, name)

    def load_reduce(self):
        args = self.stack.pop()
        self.stack[-1] = Call("reduce", self.stack[-1], args)

    def load_newobj(self):
        args = self.stack.pop()
        self.stack[-1] = Call("new", self.stack[-1], args)

    def load_newobj_ex(self):
        kwargs, args = self.stack.pop(), self.stack.pop()
        self.stack[-1] = Call("new", self.stack[-1], args, kwargs)

    def load_build(self):
        state = self.stack.pop()
        self.stack[-1].state = state

    dispatch[pickle.REDUCE[0]] = load_reduce
    dispatch[pickle.NEWOBJ[0]] = load_newobj
    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex
    dispatch[pickle.BUILD[0]] = load_build


def simple(value):
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return "int %d" % value
    if isinstance(value, float):
        return "float %s" % struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "text " + hashlib.sha256(value.encode()).hexdigest()[:16] if len(value) > 200 else "text " + json.dumps(value, ensure_ascii=False)
    if isinstance(value, (bytes, bytearray)):
        return "bytes %d %s" % (len(value), hashlib.sha256(bytes(value)).hexdigest()[:16])
    if isinstance(value, Name):
        return "name %s %s" % (value.module, value.name)
    if value == () and isinstance(value, tuple):
        return "tuple 0"
    return None


def dump(value, lines, seen):
    text = simple(value)
    if text is not None:
        lines.append(text)
        return
    if id(value) in seen:
        lines.append("@%d" % seen[id(value)])
        return
    seen[id(value)] = len(lines)
    if isinstance(value, (tuple, list)):
        lines.append("%s %d" % (type(value).__name__, len(value)))
        children = list(value)
    elif isinstance(value, dict):
        lines.append("dict %d" % len(value))
        children = [part for pair in value.items() for part in pair]
    elif isinstance(value, Call):
        lines.append("%s %d %d" % (value.made, len(value.items), len(value.pairs)))
        children = [value.callee, value.args, value.kwargs, value.state] + value.items + [p for pair in value.pairs for p in pair]
    else:
        raise TypeError(type(value))
    for child in children:
        dump(child, lines, seen)


def text(content):
    lines = []
    dump(Reader(io.BytesIO(content)).load(), lines, {})
    return "\n".join(lines) + "\n"
