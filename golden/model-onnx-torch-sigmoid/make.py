#!/usr/bin/env python3
"""A PyTorch network of two classes: one column, made by a sigmoid."""
import sys

sys.path.insert(0, "..")
from net import *

net = train(Net(1, torch.nn.Sigmoid()), torch.tensor(BINARY, dtype=torch.float32)[:, None], torch.nn.BCEWithLogitsLoss())
export(net, "model.onnx")
p = answers(net).ravel()
case(__doc__, "model.onnx", "onnx", numbers(TEST).astype(float), both(p), "probability", [torch, onnxscript], classes=[0, 1], labels=(p > 0.5).astype(int), tolerance=SINGLE, runtime="onnx")
