#!/usr/bin/env python3
"""Kernel ridge regression. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.kernel_ridge import KernelRidge

need(sklearn, "0.24")
model = Pipeline([("prep", preparation()), ("reg", KernelRidge(kernel="polynomial", degree=2, alpha=2.0))]).fit(TRAIN[:120], VALUE[:120])
data = TEST
record(__doc__, model, data, tolerance=1e-11, relative=1e-12)
