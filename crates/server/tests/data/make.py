"""Makes the model files of the server's tests. Versions: xgboost 3.2.0, scikit-learn 1.9.1, numpy 2.x.

`loan.json`: two classes, three numbers. `loan_strict.pkl`: the same question with a text column whose unknown values it
refuses. `debt.json`: a regression. `weights.pt`: laid out as `torch.save` does, without needing PyTorch.
"""

import io
import pickle
import sys
import types
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

HERE = Path(__file__).parent
rng = np.random.default_rng(7)
n = 4000
age, income, debt = rng.uniform(18, 80, n), rng.uniform(10, 120, n), rng.uniform(0, 60, n)
approved = (income - debt + rng.normal(0, 12, n) > 30).astype(int)


def boosted(model, columns, target, file):
    model.fit(np.column_stack(list(columns.values())), target)
    booster = model.get_booster()
    booster.feature_names = list(columns)
    booster.save_model(HERE / file)


def strict():
    rows = pd.DataFrame({"income": income, "debt": debt, "sex": np.where(np.arange(n) % 2 == 0, "female", "male")})
    rows["sex"] = rows["sex"].astype(object)
    prepare = ColumnTransformer([("text", OneHotEncoder(handle_unknown="error"), ["sex"])], remainder="passthrough")
    model = Pipeline([("prepare", prepare), ("classify", LogisticRegression(max_iter=1000))]).fit(rows, approved)
    (HERE / "loan_strict.pkl").write_bytes(pickle.dumps(model, protocol=4))


class Storage:
    """Stands for a tensor's storage, which `torch.save` writes as a persistent id."""


class Writer(pickle.Pickler):
    def persistent_id(self, value):
        kind = sys.modules["torch"].FloatStorage
        return ("storage", kind, "0", "cpu", 3) if isinstance(value, Storage) else None


class Tensor:
    def __reduce__(self):
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (Storage(), 0, (1, 3), (3, 1), False, OrderedDict())


def checkpoint():
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    utils._rebuild_tensor_v2 = lambda: None
    utils._rebuild_tensor_v2.__module__ = "torch._utils"
    utils._rebuild_tensor_v2.__qualname__ = utils._rebuild_tensor_v2.__name__ = "_rebuild_tensor_v2"
    sys.modules.update({"torch": torch, "torch._utils": utils})
    data = io.BytesIO()
    Writer(data, protocol=2).dump(OrderedDict(weight=Tensor()))
    parts = {
        "data.pkl": data.getvalue(),
        "byteorder": b"little",
        "data/0": np.array([0.5, -1.0, 2.0], dtype="<f4").tobytes(),
        "version": b"3\n",
    }
    with zipfile.ZipFile(HERE / "weights.pt", "w", zipfile.ZIP_STORED) as out:
        for name, content in parts.items():
            out.writestr(zipfile.ZipInfo(f"weights/{name}"), content)


boosted(
    xgb.XGBClassifier(n_estimators=12, max_depth=3, learning_rate=0.4),
    {"age": age, "income": income, "debt": debt},
    approved,
    "loan.json",
)
boosted(xgb.XGBRegressor(n_estimators=3, max_depth=2), {"age": age, "income": income}, debt, "debt.json")
strict()
checkpoint()
