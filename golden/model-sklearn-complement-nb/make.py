#!/usr/bin/env python3
"""ComplementNB."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.naive_bayes import ComplementNB

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = ComplementNB().fit(rows[["age", "hours-per-week"]], THREE[:150])
data = data[["age", "hours-per-week"]]
record(__doc__, model, data, tolerance=1e-12)
