#!/usr/bin/env python3
"""A PyTorch network of two inputs, exported with one sample row and nothing else said: it takes one row a run."""
import sys

sys.path.insert(0, "..")
from net import *

net = train(Net(1, torch.nn.Sigmoid(), codes=True), torch.tensor(BINARY, dtype=torch.float32)[:, None], torch.nn.BCEWithLogitsLoss())
export(net, "model.onnx", rows=1, dynamo=False)
p = answers(net).ravel()
data = pd.concat([numbers(TEST).astype(float), codes(TEST)], axis=1)
case(__doc__, "model.onnx", "onnx", data, both(p), "probability", [torch], classes=[0, 1], labels=(p > 0.5).astype(int), tolerance=SINGLE, runtime="onnx")
