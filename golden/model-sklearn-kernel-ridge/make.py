#!/usr/bin/env python3
"""Kernel ridge regression."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.kernel_ridge import KernelRidge

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("reg", KernelRidge(kernel="rbf", gamma=0.1))]).fit(TRAIN[:120], VALUE[:120])
data = TEST
record(__doc__, model, data, tolerance=1e-11, relative=1e-12)
