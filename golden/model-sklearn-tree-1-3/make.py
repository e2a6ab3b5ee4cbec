#!/usr/bin/env python3
"""Decision tree on a grid of decimals: thresholds between two floats of 32 bits, rows on them; no column names but a frame. Written by scikit-learn 1.3."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.tree import DecisionTreeClassifier

need(sklearn, "1.3")
model = DecisionTreeClassifier(max_depth=7, random_state=1).fit(GRID, GRID_CLASS)
record(__doc__, model, FINE)
