#!/usr/bin/env python3
"""A chain of classifiers that hands on probabilities. Written by scikit-learn 1.5."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.naive_bayes import GaussianNB
from sklearn.multioutput import ClassifierChain

need(sklearn, "1.5")
targets = np.stack([BINARY, SIGNAL > 1, SIGNAL < -1], axis=1).astype(int)
model = Pipeline([("prep", preparation()), ("clf", ClassifierChain(GaussianNB(), chain_method="predict_proba"))]).fit(TRAIN, targets)
data = TEST
record(__doc__, model, data, output=2, tolerance=1e-11)
