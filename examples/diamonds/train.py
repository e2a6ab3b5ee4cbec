"""Diamond prices: histogram gradient boosting behind an ordinal encoder. Run in this folder with ../requirements.txt installed."""
import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

TARGET = "price"
data = pd.read_parquet("diamonds.parquet")
text = ["cut", "color", "clarity"]
data[text] = data[text].astype(str).astype(object)
train, test = train_test_split(data, test_size=0.2, random_state=42)
test.reset_index(drop=True).to_parquet("diamonds_test.parquet", index=False, compression="zstd")
orders = [
    ["Fair", "Good", "Very Good", "Premium", "Ideal"],
    ["J", "I", "H", "G", "F", "E", "D"],
    ["I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"],
]
model = Pipeline([
    ("prepare", ColumnTransformer([("grades", OrdinalEncoder(categories=orders), text)], remainder="passthrough")),
    ("regress", HistGradientBoostingRegressor(max_iter=200, learning_rate=0.08, random_state=42)),
])
model.fit(train.drop(columns=TARGET), train[TARGET])
test = pd.read_parquet("diamonds_test.parquet")
error = model.predict(test.drop(columns=TARGET)) - test[TARGET]
print("mean absolute error on diamonds_test.parquet", np.abs(error).mean())
joblib.dump(model, "price_histgb.joblib", compress=("zlib", 6))
