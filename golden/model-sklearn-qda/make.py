#!/usr/bin/env python3
"""Quadratic discriminant of three classes."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = QuadraticDiscriminantAnalysis(reg_param=0.01).fit(rows, THREE[:150])
record(__doc__, model, data, tolerance=1e-11)
