#!/usr/bin/env python3
"""A PyTorch network of three classes without its softmax, by the older exporter: scores whose largest decides."""
import sys

sys.path.insert(0, "..")
from net import *

net = train(Net(3), torch.tensor(THREE), torch.nn.CrossEntropyLoss())
export(net, "model.onnx", dynamo=False)
scores = answers(net)
case(__doc__, "model.onnx", "onnx", numbers(TEST).astype(float), scores, "decision", [torch], classes=[0, 1, 2], labels=scores.argmax(1), relative=SINGLE, runtime="onnx")
