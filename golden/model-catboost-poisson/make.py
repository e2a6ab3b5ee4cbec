#!/usr/bin/env python3
"""CatBoost with a Poisson loss, a scale and a start value, columns without names."""
import sys

sys.path.insert(0, "..")
from cat import *

model = cb.CatBoostRegressor(depth=4, loss_function="Poisson", **COMMON).fit(coded(TRAIN).to_numpy(), np.round(VALUE * 3))
model.set_scale_and_bias(0.5, 0.25)
data = coded(TEST)
model.save_model("model.cbm")
case(__doc__, "model.cbm", "catboost-cbm", data, model.predict(data.to_numpy(), prediction_type="Exponent"), "value", [cb, np], relative=LAST_BITS * 2)
