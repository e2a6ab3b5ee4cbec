#!/usr/bin/env python3
"""A PyTorch network of two inputs: a matrix of numbers, and whole-number codes of categories that it embeds."""
import sys

sys.path.insert(0, "..")
from net import *

net = train(Net(3, torch.nn.Softmax(1), codes=True), torch.tensor(THREE), torch.nn.CrossEntropyLoss())
export(net, "model.onnx")
p = answers(net)
data = pd.concat([numbers(TEST).astype(float), codes(TEST)], axis=1)
case(__doc__, "model.onnx", "onnx", data, p, "probability", [torch, onnxscript], classes=[0, 1, 2], labels=p.argmax(1), tolerance=SINGLE, runtime="onnx")
