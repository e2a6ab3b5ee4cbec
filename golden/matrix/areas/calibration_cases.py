from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from data import *


def prefit(**options):
    return CalibratedClassifierCV(LogisticRegression().fit(SCALED.train, YS.words), cv="prefit", **options)


def frozen():
    from sklearn.frozen import FrozenEstimator

    return CalibratedClassifierCV(FrozenEstimator(GaussianNB().fit(SCALED.train, YS.three)), cv=3)


def cases(case):
    forest = lambda: RandomForestClassifier(5, max_depth=4, random_state=0)
    case("calibrated-sigmoid", lambda: CalibratedClassifierCV(LinearSVC(random_state=0), cv=3), SCALED, YS.words)
    case("calibrated-sigmoid-three", lambda: CalibratedClassifierCV(forest(), cv=3), SCALED, YS.levels)
    case("calibrated-isotonic", lambda: CalibratedClassifierCV(forest(), method="isotonic", cv=3), SCALED, YS.binary)
    case("calibrated-isotonic-three", lambda: CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=3), SCALED, YS.three)
    case("calibrated-one", lambda: CalibratedClassifierCV(GaussianNB(), ensemble=False, cv=3), SCALED, YS.words, since=(0, 24))
    case("calibrated-pipeline", lambda: CalibratedClassifierCV(make_pipeline(StandardScaler(), LogisticRegression()), cv=3), NUMERIC, Y.words)
    case("calibrated-behind", lambda: make_pipeline(StandardScaler(), CalibratedClassifierCV(LogisticRegression(), cv=3)), NUMERIC, Y.three)
    case("calibrated-prefit", lambda: prefit(), SCALED, YS.words, until=(1, 7))
    case("calibrated-frozen", frozen, SCALED, YS.three, since=(1, 6))
    case("calibrated-temperature", lambda: CalibratedClassifierCV(GaussianNB(), method="temperature", cv=3), SCALED, YS.binary, since=(1, 8))
    case("calibrated-temperature-three", lambda: CalibratedClassifierCV(GaussianNB(), method="temperature", cv=3), SCALED, YS.three, since=(1, 8))
    one = each(lambda x: x[:, 0], SCALED)
    case("isotonic", lambda: IsotonicRegression(out_of_bounds="clip"), one, YS.value)
    case("isotonic-falling", lambda: IsotonicRegression(increasing=False, out_of_bounds="clip"), one, -YS.value)
