#!/usr/bin/env python3
"""Extra trees regression behind a sparse one-hot block."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import ExtraTreesRegressor

need(sklearn, "1.9")
model = Pipeline([("prep", preparation()), ("reg", ExtraTreesRegressor(6, max_depth=4, random_state=1))]).fit(TRAIN, VALUE)
record(__doc__, model, TEST)
