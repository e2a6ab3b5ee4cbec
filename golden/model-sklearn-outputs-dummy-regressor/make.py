#!/usr/bin/env python3
"""One of several numbers of a dummy."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.dummy import DummyRegressor

need(sklearn, "1.9")
targets = np.stack([VALUE, SIGNAL, SIGNAL ** 2], axis=1)
model = Pipeline([("prep", preparation()), ("reg", DummyRegressor())]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=1)
