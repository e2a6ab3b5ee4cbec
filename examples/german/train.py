"""German credit: a random forest behind imputers and an ordinal encoder. Run in this folder with ../requirements.txt installed."""
import pickle

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

TARGET = "credit_risk"
data = pd.read_csv("german_credit.csv")
for column in data.columns:
    if not pd.api.types.is_numeric_dtype(data[column]):
        data[column] = data[column].astype(object)
train, test = train_test_split(data, test_size=400, random_state=42, stratify=data[TARGET])
test.to_csv("german_test.csv", index=False)
features, target = train.drop(columns=TARGET), train[TARGET]
text = [c for c in features if features[c].dtype == object]
numbers = [c for c in features if c not in text]
model = Pipeline([
    ("prepare", ColumnTransformer([
        ("numbers", SimpleImputer(strategy="median"), numbers),
        ("text", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), text),
    ])),
    ("classify", RandomForestClassifier(150, max_depth=8, min_samples_leaf=3, random_state=42, n_jobs=1)),
])
model.fit(features, target)
print("accuracy on german_test.csv", (model.predict(test.drop(columns=TARGET)) == test[TARGET]).mean())
with open("credit_forest.pkl", "wb") as out:
    pickle.dump(model, out, protocol=4)
