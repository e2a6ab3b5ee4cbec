#!/usr/bin/env python3
"""One of several numbers of a linear model."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import Ridge

need(sklearn, "1.9")
targets = np.stack([VALUE, SIGNAL, SIGNAL ** 2], axis=1)
model = Pipeline([("prep", preparation()), ("reg", Ridge())]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=1, tolerance=1e-12, relative=1e-13)
