#!/usr/bin/env python3
"""A PyTorch regression that takes 32 rows a run: the last run is filled up."""
import sys

sys.path.insert(0, "..")
from net import *

net = train(Net(1), torch.tensor(VALUE, dtype=torch.float32)[:, None], torch.nn.MSELoss())
export(net, "model.onnx", rows=32)
case(__doc__, "model.onnx", "onnx", numbers(TEST).astype(float), answers(net), "value", [torch, onnxscript], relative=SINGLE, runtime="onnx")
