"""Default of credit card clients: histogram gradient boosting. Run in this folder with ../requirements.txt installed."""
import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

TARGET = "default-payment-next-month"
data = pd.read_parquet("default_credit_card.parquet")
train, test = train_test_split(data, test_size=0.3, random_state=42, stratify=data[TARGET])
test.to_parquet("default_test.parquet", index=False, compression="zstd")
model = HistGradientBoostingClassifier(learning_rate=0.06, max_iter=120, max_leaf_nodes=15, random_state=42)
# Sex is audited and is no input.
features = train.drop(columns=[TARGET, "SEX"])
model.fit(features, train[TARGET])
print("accuracy on default_test.parquet", model.score(test[features.columns], test[TARGET]))
joblib.dump(model, "default_histgb.joblib", compress=3)
