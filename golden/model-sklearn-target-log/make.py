#!/usr/bin/env python3
"""A target fitted on its logarithm."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge

need(sklearn, "1.9")
model = TransformedTargetRegressor(Pipeline([("prep", preparation()), ("reg", Ridge())]), func=np.log1p, inverse_func=np.expm1).fit(TRAIN, VALUE)
data = TEST
record(__doc__, model, data, tolerance=1e-12, relative=1e-12)
