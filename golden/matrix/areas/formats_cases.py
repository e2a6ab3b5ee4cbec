import pickle

from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from areas.columns_cases import prepare
import graph
from book import by_joblib, by_pickle
from data import *


def bundle(wrap, protocol=4):
    """A model saved together with other things."""

    def write(model, folder):
        (folder / "model.pkl").write_bytes(pickle.dumps(wrap(model), protocol=protocol))
        return "model.pkl", "pickle"

    return write


def by_cloudpickle(model, folder):
    import cloudpickle

    (folder / "model.pkl").write_bytes(cloudpickle.dumps(model))
    return "model.pkl", "pickle"


def by_skops(model, folder):
    import skops.io

    skops.io.dump(model, str(folder / "model.skops"))
    return "model.skops", "skops"


def with_graph(protocol):
    """A pickle, and what CPython makes of it."""

    def write(model, folder):
        out = by_pickle(protocol)(model, folder)
        (folder / "graph.txt").write_text(graph.text((folder / out[0]).read_bytes()), encoding="utf-8")
        return out

    return write


def big_endian(model, folder):
    """As a machine of the other byte order writes it."""
    model.coef_ = model.coef_.astype(">f8")
    model.intercept_ = model.intercept_.astype(">f8")
    return by_pickle()(model, folder)


def cases(case):
    forest = lambda: RandomForestClassifier(5, max_depth=4, random_state=0)
    pipe = lambda: make_pipeline(prepare(remainder="passthrough"), LogisticRegression(max_iter=600))
    highest = 5 if pickle.HIGHEST_PROTOCOL >= 5 else 4
    for protocol in range(highest + 1):
        case("protocol-%d-forest" % protocol, forest, NUMERIC, Y.words, write=with_graph(protocol))
        case("protocol-%d-pipeline" % protocol, pipe, FRAME, YF.words, write=with_graph(protocol), how="close")
    compressions = {"raw": 0, "zlib": 3, "gzip": ("gzip", 3), "bz2": ("bz2", 3), "lzma": ("lzma", 3), "xz": ("xz", 3), "lz4": ("lz4", 3)}
    for name, compress in compressions.items():
        case("joblib-%s-forest" % name, forest, NUMERIC, Y.words, write=by_joblib(compress))
    case("joblib-pipeline", pipe, FRAME, YF.words, write=by_joblib(), how="close")
    case("joblib-protocol-2", forest, NUMERIC, Y.words, write=by_joblib(protocol=2))
    ordered = each(np.asfortranarray, NUMERIC)
    case("joblib-fortran", lambda: make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(6,), max_iter=20, random_state=0)), ordered, Y.three, write=by_joblib(), how="close")
    case("joblib-grid-search", lambda: GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [0.1, 1.0]}, cv=3), NUMERIC, Y.words, write=by_joblib(), how="close")
    logistic = lambda: LogisticRegression(max_iter=300)
    case("bundle-dict", pipe, FRAME, YF.words, write=bundle(lambda m: {"model": m, "features": list(FRAME.train.columns), "version": 3}), how="close")
    case("bundle-tuple", forest, NUMERIC, Y.words, write=bundle(lambda m: (m, ["a", "b"], {"score": 0.9})))
    case("bundle-list", logistic, SCALED, YS.three, write=bundle(lambda m: ["note", m], 2), how="close")
    case("bundle-dict-data", forest, NUMERIC, Y.words, write=bundle(lambda m: {"clf": m, "rows": FRAME.train.head(5), "columns": FRAME.train.columns}))
    case("cloudpickle-forest", forest, NUMERIC, Y.words, write=by_cloudpickle)
    case("cloudpickle-pipeline", pipe, FRAME, YF.words, write=by_cloudpickle, how="close")
    case("big-endian", logistic, SCALED, YS.three, write=big_endian, how="close")
    try:
        import skops.io  # noqa: F401
    except ImportError:
        return
    case("skops-forest", forest, NUMERIC, Y.words, write=by_skops)
    case("skops-logistic", logistic, SCALED, YS.levels, write=by_skops, how="close")
    case("skops-pipeline", pipe, FRAME, YF.words, write=by_skops, how="close")
    case("skops-svc", lambda: SVC(), SCALED, YS.words, write=by_skops, how="close")
    case("skops-hist", lambda: HistGradientBoostingClassifier(max_iter=8, random_state=0), MISSING, Y.words, write=by_skops)
    case("skops-search", lambda: GridSearchCV(forest(), {"max_depth": [2, 3]}, cv=3), NUMERIC, Y.three, write=by_skops)
