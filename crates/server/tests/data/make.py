"""Makes loan.json, the model of the server's tests. Versions: xgboost 3.2.0, numpy 2.x."""

from pathlib import Path

import numpy as np
import xgboost as xgb

rng = np.random.default_rng(7)
n = 4000
age, income, debt = rng.uniform(18, 80, n), rng.uniform(10, 120, n), rng.uniform(0, 60, n)
approved = (income - debt + rng.normal(0, 12, n) > 30).astype(int)
model = xgb.XGBClassifier(n_estimators=12, max_depth=3, learning_rate=0.4)
model.fit(np.column_stack([age, income, debt]), approved)
booster = model.get_booster()
booster.feature_names = ["age", "income", "debt"]
booster.save_model(Path(__file__).with_name("loan.json"))
