#!/usr/bin/env python3
"""A PyTorch network of three classes with its softmax."""
import sys

sys.path.insert(0, "..")
from net import *

net = train(Net(3, torch.nn.Softmax(1)), torch.tensor(THREE), torch.nn.CrossEntropyLoss())
export(net, "model.onnx")
p = answers(net)
case(__doc__, "model.onnx", "onnx", numbers(TEST).astype(float), p, "probability", [torch, onnxscript], classes=[0, 1, 2], labels=p.argmax(1), tolerance=SINGLE, runtime="onnx")
