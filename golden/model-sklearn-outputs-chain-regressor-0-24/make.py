#!/usr/bin/env python3
"""A chain of regressors. Written by scikit-learn 0.24."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import Ridge
from sklearn.multioutput import RegressorChain

need(sklearn, "0.24")
targets = np.stack([VALUE, SIGNAL, SIGNAL ** 2], axis=1)
model = Pipeline([("prep", preparation()), ("reg", RegressorChain(Ridge(), order=[1, 0, 2]))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=2, tolerance=1e-11, relative=1e-12)
