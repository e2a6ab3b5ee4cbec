#!/usr/bin/env python3
"""Counts, weights and hashes of words and characters beside numbers, sparse before trees; accents, stop words, pairs."""
import sys

sys.path.insert(0, "..")
from sk import *

from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer

need(sklearn, "1.9")


def notes(rows, seed):
    """Made-up remarks."""
    rng = np.random.default_rng(seed)
    words = np.array("the quick ÉTÉ naïve Ärger straße ingeniería don't 42 x_1 हिंदी 漢字 very very-good late paid never again".split())
    return pd.Series([" ".join(rng.choice(words, rng.integers(1, 9))) + ("  !" if rng.random() < 0.3 else "") for _ in range(rows)])


train, data = TRAIN.iloc[:300].copy(), TEST.iloc[:40].copy()
train["note"], data["note"] = notes(300, 1), notes(40, 2)
late = train["note"].str.contains("late").to_numpy()
pair = Pipeline([("count", CountVectorizer(ngram_range=(1, 2), stop_words="english", min_df=4)), ("weights", TfidfTransformer(sublinear_tf=True))])
prep = ColumnTransformer(
    [
        ("pair", pair, "note"),
        ("tfidf", TfidfVectorizer(strip_accents="unicode", norm="l1", smooth_idf=False, max_features=12), "note"),
        ("inside", CountVectorizer(analyzer="char_wb", ngram_range=(2, 3), max_features=12, lowercase=False), "note"),
        ("chars", TfidfVectorizer(analyzer="char", max_features=10, use_idf=False, norm=None, binary=True), "note"),
        ("pattern", CountVectorizer(token_pattern=r"[^\W\d_]+", strip_accents="ascii", stop_words=["ete"], max_features=12), "note"),
        ("hash", HashingVectorizer(n_features=16), "note"),
        ("num", SimpleImputer(), ["age", "score"]),
    ]
)
model = Pipeline([("prep", prep), ("clf", RandomForestClassifier(5, max_depth=4, random_state=0))]).fit(train, late.astype(int) + (BINARY[:300] & late))
record(__doc__, model, data, protocol=4, encoded=True)
