from sklearn import neighbors as ne
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data import *


def cases(case):
    knn, reg = ne.KNeighborsClassifier, ne.KNeighborsRegressor
    case("knn-binary", lambda: knn(7), SCALED, YS.words)
    case("knn-three", lambda: knn(5), SCALED, YS.levels)
    case("knn-distance", lambda: knn(5, weights="distance"), SCALED, YS.three)
    case("knn-brute-cosine", lambda: knn(5, algorithm="brute", metric="cosine"), SCALED, YS.three)
    case("knn-brute", lambda: knn(5, algorithm="brute"), SCALED, YS.binary)
    case("knn-ball-manhattan", lambda: knn(5, algorithm="ball_tree", p=1), SCALED, YS.three)
    case("knn-kd-manhattan", lambda: knn(5, algorithm="kd_tree", metric="manhattan"), SCALED, YS.three)
    case("knn-chebyshev", lambda: knn(5, metric="chebyshev"), SCALED, YS.three)
    case("knn-minkowski-3", lambda: knn(5, p=3), SCALED, YS.three)
    case("knn-canberra", lambda: knn(5, metric="canberra"), SCALED, YS.binary)
    case("knn-hamming", lambda: knn(ROWS, metric="hamming", algorithm="brute", weights="distance"), each(lambda x: np.round(x * 2), SCALED), YS.binary, about="all rows are neighbours: fewer would leave the choice among equal distances open")
    case("knn-scaled", lambda: make_pipeline(StandardScaler(), knn(9)), NUMERIC, Y.words)
    case("knn-labels", lambda: knn(5), SCALED, YS.labels)
    case("knn-single", lambda: knn(5, weights="distance"), SINGLE, YS.three, how="single")
    case("knn-regressor", lambda: reg(5), SCALED, YS.value)
    case("knn-regressor-distance", lambda: reg(5, weights="distance"), Pair(SCALED.train, np.r_[SCALED.test[:-5], SCALED.train[:5]]), YS.value)
    case("knn-regressor-pair", lambda: reg(5), SCALED, YS.pair)
    case("radius-neighbours", lambda: ne.RadiusNeighborsClassifier(2.5, outlier_label="no"), SCALED, YS.words)
    case("radius-neighbours-distance", lambda: ne.RadiusNeighborsClassifier(2.5, weights="distance", outlier_label=1), SCALED, YS.three)
    case("radius-neighbours-regressor", lambda: ne.RadiusNeighborsRegressor(4.0), SCALED, YS.value)
    case("nearest-centroid", lambda: ne.NearestCentroid(), SCALED, YS.levels)
    case("nearest-centroid-manhattan", lambda: ne.NearestCentroid(metric="manhattan"), SCALED, YS.three)
    case("nearest-centroid-shrunken", lambda: ne.NearestCentroid(shrink_threshold=0.2), SCALED, YS.three)
    case("local-outlier-factor", lambda: ne.LocalOutlierFactor(novelty=True), SCALED, None)
    case("local-outlier-factor-manhattan", lambda: ne.LocalOutlierFactor(n_neighbors=10, metric="manhattan", contamination=0.1, novelty=True), SCALED, None)
    case("local-outlier-factor-scaled", lambda: make_pipeline(StandardScaler(), ne.LocalOutlierFactor(novelty=True)), NUMERIC, None)
    case("neighbourhood-components", lambda: make_pipeline(ne.NeighborhoodComponentsAnalysis(2, random_state=0, max_iter=10), knn(5)), SCALED, YS.three, of="NeighborhoodComponentsAnalysis", transform="close")
