#!/usr/bin/env python3
"""CatBoost with target statistics of three classes; missing categories were saved as the text `nan`."""
import sys

sys.path.insert(0, "..")
from cat import *

saved = lambda data, original: data.assign(**{name: original[name].astype(object).fillna("nan") for name in TEXT})
model = cb.CatBoostClassifier(depth=4, simple_ctr=["Borders", "Buckets", "Counter"], **COMMON)
model.fit(saved(CTRAIN, TRAIN), np.digitize(PAIR, np.quantile(PAIR, [0.3, 0.7])), cat_features=CATS)
record(__doc__, model, saved(CTEST, TEST))
pathlib.Path("data.csv").write_text(CTEST.assign(**{name: TEST[name] for name in TEXT}).to_csv(index=False))
