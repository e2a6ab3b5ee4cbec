"""JSON, UBJSON, LightGBM text, and ONNX."""

from attacks import attack

XGB = "model-xgboost-json/model.json"
LGB = "model-lightgbm-binary/model.txt"
CAT = "model-lightgbm-categories/model.txt"
WRONG = ["E-MALFORMED", "E-LIMIT"]


def make():
    json()
    ubjson()
    lightgbm()
    onnx()


def json():
    attack("json", "Nested a hundred thousand deep", "E-MALFORMED", parts=[(b'{"learner":', 1), (b"[", 100_000), (b"]", 100_000), (b"}", 1)])
    attack("json", "Objects nested a hundred thousand deep", "E-MALFORMED", parts=[(b'{"learner":', 1), (b'{"a":', 100_000), (b"1", 1), (b"}", 100_000), (b"}", 1)])
    attack("json", "Cut off", "E-TRUNCATED", b'{"learner":{"a":[1,2')
    attack("json", "No learner inside", ["E-MALFORMED", "E-FOREIGN"], b'{"learner":1}')
    attack("json", "Bytes after the document", "E-MALFORMED", b'{"learner":{}} {}')
    attack("json", "Text that is no UTF-8", "E-MALFORMED", b'{"learner":"\xff\xfe"}')
    attack("json", "A lone surrogate", "E-MALFORMED", b'{"learner":"\\ud800"}')
    attack("json", "A number beyond every float", "E-MALFORMED", b'{"learner":1e999999}')
    attack("json", "A million keys", "E-MALFORMED", parts=[(b'{"learner":{', 1), (b'"a":1,', 1_000_000), (b'"b":2}}', 1)])

    def xgb(about, *edits, code=WRONG):
        attack("xgboost", about, code, base=XGB, edits=edits)

    xgb("Four billion features", (b'"num_feature":"7"', b'"num_feature":"4294967295"'))
    xgb("More features than any number holds", (b'"num_feature":"7"', b'"num_feature":"99999999999999999999"'))
    xgb("No features", (b'"num_feature":"7"', b'"num_feature":"0"'))
    xgb("Four billion classes", (b'"num_class":"0"', b'"num_class":"4294967295"'), code=[*WRONG, "E-UNSUPPORTED"])
    xgb("A root that is its own child", (b'"left_children":[1,', b'"left_children":[0,'))
    xgb("A child beyond the last", (b'"left_children":[1,', b'"left_children":[99999,'))
    xgb("A child of a fraction", (b'"left_children":[1,', b'"left_children":[1.5,'))
    xgb("A child less", (b'"left_children":[1,', b'"left_children":['))
    xgb("A tree of a class that is not there", (b'"tree_info":[0,', b'"tree_info":[5,'))
    xgb("A tree information less", (b'"tree_info":[0,', b'"tree_info":['))
    xgb("An objective that does not exist", (b'"binary:logistic"', b'"binary:guessing"'), code="E-UNSUPPORTED")
    xgb("A start value that is no number", (b'"base_score":"[', b'"base_score":"[x'), code="E-MALFORMED")


def ubjson():
    key = b"{L\0\0\0\0\0\0\0\x07learner"
    attack("ubjson", "A typed array of 2 to the 63", "E-MALFORMED", key + b"[$d#L\x7f" + b"\xff" * 7)
    attack("ubjson", "Nothing, two billion times", "E-MALFORMED", key + b"[$Z#l\x7f\xff\xff\xff")
    attack("ubjson", "Text of 2 to the 63 bytes", "E-MALFORMED", key + b"SL\x7f" + b"\xff" * 7)
    attack("ubjson", "A negative length", "E-MALFORMED", key + b"Si\xff")
    attack("ubjson", "Nested ten thousand deep", "E-MALFORMED", parts=[(key, 1), (b"[", 10_000)])
    attack("ubjson", "Objects nested ten thousand deep", "E-MALFORMED", parts=[(key, 1), (b"{i\x01a", 10_000)])
    attack("ubjson", "Typed arrays of typed arrays", "E-MALFORMED", parts=[(key, 1), (b"[$[#i\x01", 10_000)])
    attack("ubjson", "Nothing as often as there are bytes", "E-MALFORMED", parts=[(key + b"[#i\x7f", 1), (b"[$Z#U\xff", 127), (b"}", 1)])
    attack("ubjson", "Only a key", "E-TRUNCATED", key)
    attack("ubjson", "A marker that does not exist", "E-MALFORMED", key + b"?")
    base = "model-xgboost-ubj/model.ubj"
    attack("ubjson", "A key of a model that is gone", WRONG, base=base, edits=[(b"left_children", b"left_childreN")])
    attack("ubjson", "A model whose arrays claim too much", WRONG, base=base,
           edits=[(b"left_children[$l#L\0\0\0\0", b"left_children[$l#L\x7f\0\0\0")])


def lightgbm():
    def lgb(about, *edits, code=WRONG, base=LGB):
        attack("lightgbm", about, code, base=base, edits=edits)

    lgb("A billion leaves", (b"num_leaves=9", b"num_leaves=1000000000"))
    lgb("More leaves than any number holds", (b"num_leaves=9", b"num_leaves=99999999999999999999"))
    lgb("No leaves", (b"num_leaves=9", b"num_leaves=0"))
    lgb("A negative number of leaves", (b"num_leaves=9", b"num_leaves=-9"))
    lgb("Four billion features", (b"max_feature_idx=6", b"max_feature_idx=4294967295"))
    lgb("A million outputs", (b"num_tree_per_iteration=1", b"num_tree_per_iteration=1000000"))
    lgb("No outputs", (b"num_tree_per_iteration=1", b"num_tree_per_iteration=0"))
    lgb("A child that is its own parent", (b"left_child=1 2", b"left_child=0 2"))
    lgb("A child beyond the last", (b"left_child=1 2", b"left_child=1 99"))
    lgb("A leaf beyond the last", (b"left_child=1 2 7 -3", b"left_child=1 2 7 -99"))
    lgb("The smallest child of all", (b"left_child=1 2 7 -3", b"left_child=1 2 7 -2147483648"))
    lgb("A split on feature one billion", (b"split_feature=0 1", b"split_feature=1000000000 1"))
    lgb("A leaf without an end", (b"leaf_value=0.27733421121114787", b"leaf_value=inf"))
    lgb("A tree out of order", (b"Tree=1\n", b"Tree=7\n"))
    lgb("A field twice", (b"num_cat=0\n", b"num_cat=0\nnum_cat=0\n"))
    lgb("A linear tree that has no coefficients", (b"is_linear=0", b"is_linear=1"), code=[*WRONG, "E-UNSUPPORTED"])
    lgb("A sigmoid of nothing", (b"sigmoid:1.7", b"sigmoid:0"))
    lgb("Categories of four billion words", (b"num_cat=0", b"num_cat=4294967295"), code=[*WRONG, "E-UNSUPPORTED"])
    lgb("A decision that does not exist", (b"decision_type=2 10", b"decision_type=255 10"), code=[*WRONG, "E-UNSUPPORTED"])
    lgb("An objective that does not exist", (b"objective=binary", b"objective=guess"), code="E-UNSUPPORTED")
    lgb("Category lists that are no JSON", (b"pandas_categorical:[", b"pandas_categorical:[[[["), base=CAT, code="E-TRUNCATED")
    attack("lightgbm", "A header alone", ["E-MALFORMED", "E-TRUNCATED"], b"tree\nversion=v4\nnum_class=1\n")
    attack("lightgbm", "A value of ten million characters", WRONG, parts=[(b"tree\nversion=v4\nmax_feature_idx=", 1), (b"9", 10_000_000), (b"\n", 1)])


def field(number, content):
    length, out = len(content), b""
    while length > 127:
        out += bytes([length & 127 | 128])
        length >>= 7
    return bytes([number << 3 | 2]) + out + bytes([length]) + content


def onnx():
    head = b"\x08\x08"
    deep = b"\x08\x01"
    for _ in range(200):
        # A node (1) with an attribute (5) that is a graph (6).
        deep = field(1, field(5, field(6, deep)))
    attack("onnx", "Graphs inside of graphs, two hundred deep", "E-GRAPHFORM", head + field(7, deep))
    attack("onnx", "A graph of 2 to the 63 bytes", "E-FORMAT", head + b"\x3a" + b"\xff" * 8 + b"\x7f" + b"abc")
    attack("onnx", "A number of eleven bytes", "E-FORMAT", head + b"\x3a" + b"\xff" * 11)
    attack("onnx", "A graph that ends early", "E-FORMAT", head + b"\x3a\x40abc")
    attack("onnx", "Weights in another file", "E-GRAPHFORM", head + field(7, field(5, field(13, field(1, b"location") + field(2, b"/etc/passwd")))))
    attack("onnx", "An empty graph", ["E-RUNTIME", "E-GRAPH"], head + b"\x3a\x00")
    nodes = field(1, field(4, b"Add")) * 500
    attack("onnx", "Five hundred nodes that lead nowhere", ["E-RUNTIME", "E-GRAPH"], head + field(7, nodes))
