#!/usr/bin/env python3
"""One of several numbers of a multi-task lasso."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.linear_model import MultiTaskLasso

need(sklearn, "1.9")
targets = np.stack([VALUE, SIGNAL, SIGNAL ** 2], axis=1)
model = Pipeline([("prep", preparation()), ("reg", MultiTaskLasso(0.05))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=0, tolerance=1e-12, relative=1e-13)
