#!/usr/bin/env python3
"""Gaussian process classifier of three classes, one against the rest. Written by scikit-learn 1.2."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

need(sklearn, "1.2")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:30], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("clf", GaussianProcessClassifier(ConstantKernel(2.0) * RBF(2.0), optimizer=None))])
# The five error functions that make up the logistic function have weights up to 3,500: digits cancel.
record(__doc__, model.fit(rows, THREE[:30]), data, tolerance=1e-11)
