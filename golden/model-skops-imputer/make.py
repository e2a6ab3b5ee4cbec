#!/usr/bin/env python3
"""skops file of an imputer by other columns in turn: named tuples, and column numbers as arrays without dimensions."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.experimental import enable_iterative_imputer
from sklearn.impute import IterativeImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

model = make_pipeline(IterativeImputer(max_iter=2, random_state=0), Ridge()).fit(TRAIN[NUMERIC].iloc[:90], VALUE[:90])
record(__doc__, model, TEST[NUMERIC].iloc[:30], relative=1e-10, skops=True)
