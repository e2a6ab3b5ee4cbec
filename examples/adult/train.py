"""Adult income: a scikit-learn pipeline with XGBoost. Run in this folder with ../requirements.txt installed."""
import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier

TARGET = "income"


def read(path):
    frame = pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path)
    for column in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].astype(object).where(frame[column].notna(), np.nan)
    return frame


train = read("adult_train.parquet")
features, target = train.drop(columns=TARGET), train[TARGET]
text = [c for c in features if features[c].dtype == object]
numbers = [c for c in features if c not in text]
prepare = ColumnTransformer([
    ("numbers", Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), numbers),
    ("text", Pipeline([
        ("impute", SimpleImputer(strategy="most_frequent")),
        ("encode", OneHotEncoder(handle_unknown="ignore")),
    ]), text),
])
model = Pipeline([
    ("prepare", prepare),
    ("classify", XGBClassifier(n_estimators=300, max_depth=6, learning_rate=0.1, tree_method="hist", random_state=42, n_jobs=1)),
])
model.fit(features, target)
test = read("adult_test.csv")
print("accuracy on adult_test.csv", (model.predict(test.drop(columns=TARGET)) == test[TARGET]).mean())
joblib.dump(model, "income_xgboost.joblib", compress=("zlib", 6))
