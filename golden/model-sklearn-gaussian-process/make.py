#!/usr/bin/env python3
"""Gaussian process with sums and products of kernels, on scaled numbers."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, Matern, RationalQuadratic, WhiteKernel

need(sklearn, "1.9")
kernel = ConstantKernel() * RBF([1.0] * 5) + Matern(2.0) * DotProduct() + RationalQuadratic() ** 2 + WhiteKernel()
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:40], TEST[NUMERIC].fillna(fill)
model = Pipeline([("s", StandardScaler()), ("reg", GaussianProcessRegressor(kernel, normalize_y=True, optimizer=None))])
record(__doc__, model.fit(rows, VALUE[:40]), data, relative=1e-12)
