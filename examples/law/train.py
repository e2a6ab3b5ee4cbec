"""Law school: a logistic regression of passing the bar at the first attempt. Run in this folder with ../requirements.txt installed."""
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

TARGET = "PF"
data = pd.read_csv("law_school.csv")
data["Race"] = data["Race"].astype(object)
# The first-year average is known only after admission, and group and sex are not to be used: they are audited, not inputs.
features = ["LSAT", "UGPA"]
train, test = train_test_split(data, test_size=0.5, random_state=42, stratify=data[TARGET])
test.to_csv("law_test.csv", index=False)
model = Pipeline([("scale", StandardScaler()), ("classify", LogisticRegression())])
model.fit(train[features], train[TARGET])
print("accuracy on law_test.csv", model.score(test[features], test[TARGET]))
joblib.dump(model, "bar_logistic.joblib")
