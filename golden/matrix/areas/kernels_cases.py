from sklearn import svm
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, ExpSineSquared, Matern, RationalQuadratic, WhiteKernel
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
    few = Pair(SCALED.train[:50], SCALED.test)
    process = lambda kernel, **k: GaussianProcessRegressor(kernel, random_state=0, **k)
    case("gaussian-process", lambda: process(kernel()), few, YS.value[:50])
    case("gaussian-process-matern-half", lambda: process(Matern(nu=0.5) + WhiteKernel()), few, YS.value[:50])
    case("gaussian-process-matern", lambda: process(ConstantKernel(4.0) * Matern([1.0, 2.0, 1.0, 2.0, 1.0], nu=1.5) + WhiteKernel()), few, YS.value[:50])
    case("gaussian-process-matern-five", lambda: process(ConstantKernel(4.0) * Matern(nu=2.5) + WhiteKernel()), few, YS.value[:50])
    case("gaussian-process-matern-smooth", lambda: process(ConstantKernel(4.0) * Matern(nu=np.inf) + WhiteKernel()), few, YS.value[:50], since=(0, 24))
    case("gaussian-process-rational", lambda: process(ConstantKernel(4.0) * RationalQuadratic() + WhiteKernel()), few, YS.value[:50])
    case("gaussian-process-periodic", lambda: process(ConstantKernel(4.0) * ExpSineSquared(2.0, 5.0) * RBF(3.0) + WhiteKernel()), few, YS.value[:50])
    case("gaussian-process-dot", lambda: process(DotProduct() ** 2 + RBF([2.0] * 5) + WhiteKernel()), few, YS.value[:50])
    case("gaussian-process-normalised", lambda: process(kernel(), normalize_y=True), few, YS.value[:50])
    case("gaussian-process-pair", lambda: process(kernel()), few, YS.pair[:50])
    case("gaussian-process-default", lambda: process(None, alpha=0.2), few, YS.value[:50])
    case("gaussian-process-scaled", lambda: make_pipeline(StandardScaler(), process(kernel())), Pair(NUMERIC.train[:50], NUMERIC.test), Y.value[:50])
    case("gaussian-process-classifier", lambda: GaussianProcessClassifier(RBF(), random_state=0), few, YS.binary[:50])
    fewer = Pair(SCALED.train[:30], SCALED.test)
    # Five error functions with weights up to 3,517 make up a probability and cancel: `compare.rs` allows 1e-11.
    classes = lambda kernel, **k: GaussianProcessClassifier(kernel, random_state=0, **k)
    case("gaussian-process-classifier-words", lambda: classes(ConstantKernel(4.0) * RBF([2.0] * 5) + WhiteKernel()), fewer, YS.words[:30])
    case("gaussian-process-classifier-dot", lambda: classes(DotProduct() + ConstantKernel() * Matern(nu=1.5)), fewer, YS.flags[:30])
    case("gaussian-process-classifier-three", lambda: classes(ConstantKernel() * RBF()), fewer, YS.levels[:30])
    case("gaussian-process-classifier-pairs", lambda: classes(ConstantKernel() * RBF(), multi_class="one_vs_one"), fewer, YS.levels[:30], skip=["predict_proba"])
    case("gaussian-process-classifier-default", lambda: classes(None), fewer, YS.binary[:30])
    case("kernel-ridge-laplacian", lambda: KernelRidge(kernel="laplacian", alpha=0.3), SCALED, YS.value)
    case("kernel-ridge-cosine", lambda: KernelRidge(kernel="cosine", alpha=0.3), SCALED, YS.pair)
