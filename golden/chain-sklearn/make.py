#!/usr/bin/env python3
"""Models saved in several files: encoders by column, a scaler of some columns, components, then the estimator."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import LabelEncoder

need(sklearn, "1.9")
fill = lambda frame_: frame_.fillna({"income": 20000.0, "score": 0.0, "job": "clerk"})
train, data = fill(TRAIN), fill(TEST).iloc[:30]
dump = lambda name, content: write(name, pickle.dumps(content, protocol=4))

encoders = {name: LabelEncoder().fit(train[name]) for name in TEXT}
encoders["outcome"] = LabelEncoder().fit(NAMES)
scaler = StandardScaler().fit(train[NUMERIC])


def prepared(frame_):
    """What the scripts of such models do before they predict."""
    frame_ = frame_.copy()
    for name in TEXT:
        frame_[name] = encoders[name].transform(frame_[name])
    frame_[NUMERIC] = scaler.transform(frame_[NUMERIC])
    return frame_


model = LogisticRegression(max_iter=500).fit(prepared(train), NAMES)
dump("encoders.pkl", encoders)
dump("scaler.pkl", scaler)
dump("model.pkl", model)

plain = StandardScaler().fit(train[NUMERIC].to_numpy())
components = PCA(3).fit(plain.transform(train[NUMERIC].to_numpy()))
reduced = lambda frame_: components.transform(plain.transform(frame_[NUMERIC].to_numpy()))
short = LogisticRegression().fit(reduced(train), NAMES)
dump("plain.pkl", plain)
dump("components.pkl", components)
dump("short.pkl", short)

prep = preparation()
table = prep.fit_transform(TRAIN)
behind = LogisticRegression(max_iter=300).fit(table, NAMES)
dump("preparation.pkl", prep)
dump("behind.pkl", behind)

data.to_csv("data.csv", index=False)
answers = {
    "versions": {"sklearn": sklearn.__version__, "numpy": np.__version__},
    "by_name": model.predict_proba(prepared(data)).tolist(),
    "in_order": short.predict_proba(reduced(data)).tolist(),
    "preparation": behind.predict_proba(prep.transform(data)).tolist(),
}
write("expected.json", json.dumps(answers).replace("], [", "],\n["))
