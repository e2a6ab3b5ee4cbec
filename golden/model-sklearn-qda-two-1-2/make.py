#!/usr/bin/env python3
"""Quadratic discriminant of two classes. Written by scikit-learn 1.2."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

need(sklearn, "1.2")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = QuadraticDiscriminantAnalysis().fit(rows, NAMES[:150])
record(__doc__, model, data, tolerance=1e-11)
