"""Small neural networks on the made-up rows and the writer of their cases; `model-onnx-torch-*` and `model-onnx-keras*` use it.

The libraries are large, so they are not in requirements.txt: without them (golden/nets.txt) a case keeps what it has. The
expected numbers are those of the network itself, run by its own library, not by ONNX Runtime.
"""
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
try:
    import onnxscript
    import torch
except ImportError as error:
    print(f"kept: {error.name} is not installed, see golden/nets.txt")
    sys.exit(0)
import warnings

from tabular import *

warnings.filterwarnings("ignore")
torch.manual_seed(0)
torch.set_num_threads(1)
LEVELS = {name: sorted(set(TRAIN[name].dropna())) for name in TEXT}
# What two implementations of 32-bit matrix products and exponentials differ by.
SINGLE = 2e-6


def numbers(data):
    """The numeric columns without gaps, as 32-bit numbers."""
    return data[NUMERIC].fillna(0.0).astype(np.float32)


def codes(data):
    """Each text as the position of its level, a missing one as the position after the last."""
    place = lambda name: data[name].map({level: i for i, level in enumerate(LEVELS[name])}).fillna(len(LEVELS[name]))
    return pd.DataFrame({name: place(name).astype(np.int64) for name in TEXT})


class Net(torch.nn.Module):
    """Standardised numbers, embedded codes when there are any, two layers."""

    def __init__(self, outputs, last=None, codes=False):
        super().__init__()
        self.register_buffer("mean", torch.tensor(numbers(TRAIN).mean().to_numpy()))
        self.register_buffer("scale", torch.tensor(numbers(TRAIN).std().to_numpy()))
        self.embeddings = torch.nn.ModuleList(torch.nn.Embedding(len(LEVELS[n]) + 1, 3) for n in TEXT if codes)
        width = len(NUMERIC) + 3 * len(self.embeddings)
        self.layers = torch.nn.Sequential(torch.nn.Linear(width, 12), torch.nn.BatchNorm1d(12), torch.nn.ReLU(), torch.nn.Linear(12, outputs))
        self.last = last

    def forward(self, x, codes=None):
        parts = [(x - self.mean) / self.scale] + [e(codes[:, i]) for i, e in enumerate(self.embeddings)]
        out = self.layers(torch.cat(parts, 1))
        return out if self.last is None else self.last(out)


def tensors(data, net):
    parts = [torch.tensor(numbers(data).to_numpy())]
    return parts + [torch.tensor(codes(data).to_numpy())] * bool(net.embeddings)


def train(net, target, loss):
    """Fits the net without its last function, as such losses want it."""
    last, net.last = net.last, None
    optimizer = torch.optim.Adam(net.parameters(), 0.02)
    for _ in range(150):
        optimizer.zero_grad()
        loss(net(*tensors(TRAIN, net)), target).backward()
        optimizer.step()
    net.last = last
    return net.eval()


def export(net, name, rows=None, dynamo=True):
    """Writes the graph; `rows` fixes how many rows a run takes. `dynamo` is the newer of the two exporters of PyTorch."""
    inputs = ["x", "codes"][: 1 + bool(net.embeddings)]
    sample = tuple(t[: rows or 2] for t in tensors(TRAIN, net))
    if dynamo:
        free = None if rows else {i: {0: torch.export.Dim("rows")} for i in inputs}
        free = {"dynamic_shapes": free if net.embeddings or free is None else {"x": free["x"]}}
        torch.onnx.export(net, sample, name, input_names=inputs, output_names=["y"], dynamo=True, external_data=False, verbose=False, **free)
    else:
        axes = None if rows else {i: {0: "rows"} for i in [*inputs, "y"]}
        torch.onnx.export(net, sample, name, input_names=inputs, output_names=["y"], dynamo=False, dynamic_axes=axes, opset_version=17)


def answers(net):
    with torch.no_grad():
        return net(*tensors(TEST, net)).numpy()
