#!/usr/bin/env python3
"""CatBoost JSON export with trees grown by leaf, one-hot categories and a logistic score for each class."""
import sys

sys.path.insert(0, "..")
from cat import *

model = cb.CatBoostClassifier(max_leaves=9, grow_policy="Lossguide", one_hot_max_size=20, loss_function="MultiClassOneVsAll", **COMMON)
names = np.array(["low", "middle", "high"])[THREE]
record(__doc__, model.fit(CTRAIN, names, cat_features=CATS), CTEST, form="json", pool=cb.Pool(CTRAIN, cat_features=CATS))
