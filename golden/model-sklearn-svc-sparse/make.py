#!/usr/bin/env python3
"""Support vector machine fitted on a sparse matrix."""
import sys

sys.path.insert(0, "..")
from sk import *

from scipy.sparse import csr_matrix
from sklearn.svm import SVC

need(sklearn, "1.9")
fill = TRAIN[NUMERIC].median()
rows, data = TRAIN[NUMERIC].fillna(fill)[:150], TEST[NUMERIC].fillna(fill)
model = SVC(C=3.0).fit(csr_matrix(rows / [50, 30000, 40, 900, 1]), THREE[:150])
data = data / [50, 30000, 40, 900, 1]
record(__doc__, model, data, tolerance=1e-11, matrix=True)
