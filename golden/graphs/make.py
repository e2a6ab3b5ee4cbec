#!/usr/bin/env python3
"""Small graphs that do not say what a table needs: those that are refused, and those that are read by a rule with a remark."""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper, numpy_helper

here = pathlib.Path(__file__).parent
WEIGHTS = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)


def matrix(width):
    return numpy_helper.from_array(WEIGHTS[:, :width].copy(), "w")


def graph(name, nodes, inputs, outputs, constants=()):
    value = lambda named: helper.make_tensor_value_info(*named)
    made = helper.make_graph(nodes, name, [value(i) for i in inputs], [value(o) for o in outputs], list(constants))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=8, producer_name="fine")
    onnx.checker.check_model(model)
    (here / f"{name}.onnx").write_bytes(model.SerializeToString())


x = ("x", T.FLOAT, ["rows", 4])
node = helper.make_node
product = node("MatMul", ["x", "w"], ["m"])


def ends(name, kind, width, **attributes):
    graph(name, [product, node(kind, ["m"], ["y"], **attributes)], [x], [("y", T.FLOAT, ["rows", width])], [matrix(width)])


ends("three-sigmoids", "Sigmoid", 3)
ends("softmax-of-rows", "Softmax", 3, axis=0)
ends("softmax-of-one", "Softmax", 1, axis=1)
ends("logit", "Identity", 1)
ends("logits", "Identity", 3)
graph("free-columns", [node("Softmax", ["x"], ["y"])], [("x", T.FLOAT, ["rows", "columns"])], [("y", T.FLOAT, ["rows", "columns"])])
graph("image", [node("GlobalMaxPool", ["x"], ["p"]), node("Flatten", ["p"], ["y"])], [("x", T.FLOAT, ["rows", 3, 8, 8])], [("y", T.FLOAT, ["rows", 3])])
graph("half", [node("Softmax", ["x"], ["y"])], [("x", T.FLOAT16, ["rows", 4])], [("y", T.FLOAT16, ["rows", 4])])
graph("too-many-rows", [node("Softmax", ["x"], ["y"])], [("x", T.FLOAT, [100_000, 4])], [("y", T.FLOAT, [100_000, 4])])
two = [("a", T.FLOAT, [1, 4]), ("b", T.FLOAT, [2, 4])]
graph("two-numbers-of-rows", [node("Add", ["a", "b"], ["s"]), node("Softmax", ["s"], ["y"])], two, [("y", T.FLOAT, [2, 4])])
graph("two-outputs", [product, node("Softmax", ["m"], ["y"])], [x], [("y", T.FLOAT, ["rows", 3]), ("m", T.FLOAT, ["rows", 3])], [matrix(3)])
regressor = node("LinearRegressor", ["x"], ["y"], domain="ai.onnx.ml", coefficients=WEIGHTS[:, :2].T.ravel().tolist(), intercepts=[0.0, 0.0], targets=2)
graph("two-targets", [regressor], [x], [("y", T.FLOAT, ["rows", 2])])
