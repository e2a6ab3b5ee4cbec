from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data import *


def cases(case):
    net = lambda *size, **k: MLPClassifier(hidden_layer_sizes=size, max_iter=40, random_state=0, **k)
    case("mlp-binary", lambda: net(8), SCALED, YS.words)
    case("mlp-three", lambda: net(8, 5), SCALED, YS.levels)
    case("mlp-tanh", lambda: net(6, activation="tanh"), SCALED, YS.three)
    case("mlp-logistic", lambda: net(6, activation="logistic"), SCALED, YS.binary)
    case("mlp-identity", lambda: net(6, activation="identity", solver="lbfgs"), SCALED, YS.flags)
    case("mlp-twelve", lambda: net(10), SCALED, YS.twelve)
    case("mlp-switches", lambda: net(6), SCALED, YS.switches)
    case("mlp-early", lambda: net(6, early_stopping=True, solver="sgd"), SCALED, YS.three)
    case("mlp-scaled", lambda: make_pipeline(StandardScaler(), net(8)), NUMERIC, Y.words)
    case("mlp-single", lambda: net(8), SINGLE, YS.three, how="single")
    case("mlp-regressor", lambda: MLPRegressor(hidden_layer_sizes=(8, 4), max_iter=60, random_state=0), SCALED, YS.value)
    case("mlp-regressor-tanh", lambda: MLPRegressor(hidden_layer_sizes=(8,), activation="tanh", solver="lbfgs", max_iter=60, random_state=0), SCALED, YS.value)
    case("mlp-regressor-pair", lambda: MLPRegressor(hidden_layer_sizes=(8,), max_iter=60, random_state=0), SCALED, YS.pair)
