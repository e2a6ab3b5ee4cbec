#!/usr/bin/env python3
"""Decision tree on a grid of decimals: thresholds between two floats of 32 bits, rows on them; no column names but a frame."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.9")
model = DecisionTreeClassifier(max_depth=7, random_state=1).fit(GRID, GRID_CLASS)
record(__doc__, model, FINE)
