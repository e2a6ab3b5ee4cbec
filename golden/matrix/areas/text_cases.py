from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction import text as te
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.svm import LinearSVC

from data import *

REVIEWS = each(lambda t: pd.DataFrame({"review": t, "length": [float(len(x)) for x in t]}), LINES)


def cases(case):
    def read(name, make, model=None, of=None, transform="close", **k):
        model = model or (lambda: LogisticRegression(max_iter=400))
        case(name, lambda: make_pipeline(make(), model()), LINES, LINE_LABELS, of=of or type(make()).__name__, transform=transform, **k)

    read("count", lambda: te.CountVectorizer(), MultinomialNB, transform="exact")
    read("count-binary", lambda: te.CountVectorizer(binary=True, max_features=15), transform="exact")
    read("count-pairs", lambda: te.CountVectorizer(ngram_range=(1, 2), min_df=2, max_df=0.6), ComplementNB, transform="exact")
    read("count-characters", lambda: te.CountVectorizer(analyzer="char", ngram_range=(2, 3), max_features=60), transform="exact")
    read("count-inner-characters", lambda: te.CountVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=60), transform="exact")
    read("count-stop-words", lambda: te.CountVectorizer(stop_words="english"), transform="exact")
    read("count-own-stop-words", lambda: te.CountVectorizer(stop_words=["the", "cat"]), transform="exact")
    read("count-vocabulary", lambda: te.CountVectorizer(vocabulary=["cheap", "dog", "mat", "café"]), transform="exact")
    read("count-cased", lambda: te.CountVectorizer(lowercase=False), transform="exact")
    read("count-pattern", lambda: te.CountVectorizer(token_pattern=r"[a-z]+"), transform="exact")
    read("tfidf", lambda: te.TfidfVectorizer())
    read("tfidf-sublinear", lambda: te.TfidfVectorizer(sublinear_tf=True, norm="l1", stop_words="english"))
    read("tfidf-plain", lambda: te.TfidfVectorizer(smooth_idf=False, norm=None))
    read("tfidf-accents", lambda: te.TfidfVectorizer(strip_accents="unicode"), LinearSVC)
    read("tfidf-ascii", lambda: te.TfidfVectorizer(strip_accents="ascii", use_idf=False))
    read("tfidf-pairs", lambda: te.TfidfVectorizer(ngram_range=(1, 2), max_features=40), lambda: SGDClassifier(random_state=0))
    case("tfidf-transformer", lambda: make_pipeline(te.CountVectorizer(), te.TfidfTransformer(), MultinomialNB()), LINES, LINE_LABELS, of="TfidfTransformer", transform="close")
    read("hashing", lambda: te.HashingVectorizer(n_features=64))
    read("hashing-positive", lambda: te.HashingVectorizer(n_features=32, alternate_sign=False, norm=None), MultinomialNB)
    union = lambda: FeatureUnion([("w", te.TfidfVectorizer()), ("c", te.CountVectorizer(analyzer="char", max_features=20))])
    read("text-union", union, of="FeatureUnion")
    column = lambda: ColumnTransformer([("t", te.TfidfVectorizer(max_features=30), "review"), ("n", "passthrough", ["length"])])
    case("text-column", lambda: make_pipeline(column(), LogisticRegression(max_iter=2000)), REVIEWS, LINE_LABELS, of="TfidfVectorizer", transform="close")
