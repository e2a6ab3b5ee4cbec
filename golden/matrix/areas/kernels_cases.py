from sklearn import svm
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from data import *


def cases(case):
    case("svc-binary", lambda: svm.SVC(), SCALED, YS.words)
    case("svc-three", lambda: svm.SVC(C=2.0), SCALED, YS.levels)
    case("svc-twelve", lambda: svm.SVC(), SCALED, YS.twelve)
    case("svc-ovo", lambda: svm.SVC(decision_function_shape="ovo"), SCALED, YS.three)
    case("svc-linear", lambda: svm.SVC(kernel="linear"), SCALED, YS.binary)
    case("svc-poly", lambda: svm.SVC(kernel="poly", degree=2, coef0=1.0), SCALED, YS.binary)
    case("svc-sigmoid", lambda: svm.SVC(kernel="sigmoid", gamma=0.1), SCALED, YS.three)
    case("svc-gamma-auto", lambda: svm.SVC(gamma="auto", class_weight="balanced"), SCALED, YS.flags)
    case("svc-break-ties", lambda: svm.SVC(break_ties=True), SCALED, YS.three)
    case("svc-probability", lambda: svm.SVC(probability=True, random_state=0), SCALED, YS.words, until=(1, 8))
    case("svc-probability-three", lambda: svm.SVC(probability=True, random_state=0), SCALED, YS.levels, until=(1, 8))
    case("svc-probability-old", lambda: svm.SVC(probability=True, random_state=0), SCALED, YS.levels, since=(1, 9))
    case("svc-pipeline", lambda: make_pipeline(StandardScaler(), svm.SVC()), NUMERIC, Y.words)
    case("svc-sparse", lambda: make_pipeline(OneHotEncoder(handle_unknown="ignore"), svm.SVC()), WORDS, YF.binary)
    case("nusvc-binary", lambda: svm.NuSVC(nu=0.4), SCALED, YS.words)
    case("nusvc-three", lambda: svm.NuSVC(nu=0.3), SCALED, YS.three)
    case("svr", lambda: svm.SVR(C=5.0), SCALED, YS.value)
    case("svr-linear", lambda: svm.SVR(kernel="linear", epsilon=0.3), SCALED, YS.value)
    case("svr-poly", lambda: svm.SVR(kernel="poly"), SCALED, YS.value)
    case("nusvr", lambda: svm.NuSVR(), SCALED, YS.value)
    case("one-class-svm", lambda: svm.OneClassSVM(nu=0.2), SCALED, None)
    case("kernel-ridge", lambda: KernelRidge(kernel="rbf", alpha=0.3), SCALED, YS.value)
    kernel = lambda: ConstantKernel() * RBF() + WhiteKernel()
    case("gaussian-process", lambda: GaussianProcessRegressor(kernel(), random_state=0), Pair(SCALED.train[:50], SCALED.test), YS.value[:50])
    case("gaussian-process-classifier", lambda: GaussianProcessClassifier(RBF(), random_state=0), Pair(SCALED.train[:50], SCALED.test), YS.binary[:50])
