from sklearn import cluster
from sklearn import decomposition as de
from sklearn import kernel_approximation as ka
from sklearn import random_projection as rp
from sklearn.cross_decomposition import CCA, PLSRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from book import VERSION
from data import *


def cases(case):
    def reduced(name, make, pair=SCALED, target=None, of=None, transform="close", **k):
        case(name, lambda: make_pipeline(make(), Ridge()), pair, YS.value if target is None else target, of=of or type(make()).__name__, transform=transform, **k)

    reduced("pca", lambda: de.PCA(3))
    reduced("pca-whiten", lambda: de.PCA(3, whiten=True))
    reduced("pca-randomized", lambda: de.PCA(2, svd_solver="randomized", random_state=0))
    reduced("pca-share", lambda: de.PCA(0.9))
    reduced("pca-single", lambda: de.PCA(2), SINGLE, how="single", transform="single")
    reduced("incremental-pca", lambda: de.IncrementalPCA(2, batch_size=40))
    reduced("truncated-svd", lambda: de.TruncatedSVD(2, random_state=0))
    case("truncated-svd-sparse", lambda: make_pipeline(OneHotEncoder(handle_unknown="ignore"), de.TruncatedSVD(3, random_state=0), Ridge()), WORDS, YF.value, of="TruncatedSVD", transform="close")
    reduced("fast-ica", lambda: de.FastICA(3, random_state=0, max_iter=400))
    reduced("factor-analysis", lambda: de.FactorAnalysis(2, random_state=0))
    reduced("sparse-pca", lambda: de.SparsePCA(2, random_state=0, max_iter=30))
    reduced("kernel-pca", lambda: de.KernelPCA(3, kernel="rbf", random_state=0))
    reduced("kernel-pca-poly", lambda: de.KernelPCA(3, kernel="poly", degree=2, coef0=0.5, random_state=0))
    reduced("kernel-pca-sigmoid", lambda: de.KernelPCA(2, kernel="sigmoid", gamma=0.05, random_state=0))
    reduced("kernel-pca-cosine", lambda: de.KernelPCA(3, kernel="cosine", random_state=0))
    reduced("kernel-pca-linear", lambda: de.KernelPCA(3, random_state=0))
    reduced("mini-batch-sparse-pca", lambda: de.MiniBatchSparsePCA(2, random_state=0))
    reduced("nmf", lambda: de.NMF(2, random_state=0, init="nndsvda", max_iter=400), POSITIVE, Y.value)
    reduced("latent-dirichlet", lambda: de.LatentDirichletAllocation(3, random_state=0, max_iter=3), COUNTS, Y.value)
    k_means = {"n_init": 3}
    reduced("k-means", lambda: cluster.KMeans(4, random_state=0, **k_means))
    reduced("mini-batch-k-means", lambda: cluster.MiniBatchKMeans(4, random_state=0, **k_means))
    reduced("feature-agglomeration", lambda: cluster.FeatureAgglomeration(2))
    case("k-means-predict", lambda: cluster.KMeans(4, random_state=0, **k_means), SCALED, None)
    reduced("gaussian-projection", lambda: rp.GaussianRandomProjection(3, random_state=0))
    reduced("sparse-projection", lambda: rp.SparseRandomProjection(3, random_state=0))
    reduced("nystroem", lambda: ka.Nystroem(n_components=10, random_state=0))
    case("sparse-projection-words", lambda: make_pipeline(OneHotEncoder(handle_unknown="ignore"), rp.SparseRandomProjection(4, density=0.5, random_state=0), Ridge()), WORDS, YF.value, of="SparseRandomProjection", transform="close")
    reduced("nystroem-poly", lambda: ka.Nystroem("poly", n_components=10, degree=2, random_state=0))
    reduced("nystroem-laplacian", lambda: ka.Nystroem("laplacian", gamma=0.3, n_components=10, random_state=0))
    reduced("nystroem-cosine", lambda: ka.Nystroem("cosine", n_components=4, random_state=0))
    reduced("rbf-sampler-scale", lambda: ka.RBFSampler(gamma="scale", n_components=8, random_state=0), since=(1, 2))
    reduced("rbf-sampler", lambda: ka.RBFSampler(n_components=8, random_state=0))
    case("pls-regression", lambda: PLSRegression(2), SCALED, YS.value)
    case("pls-regression-pair", lambda: PLSRegression(2), SCALED, YS.pair)
    case("cca", lambda: CCA(1), SCALED, YS.pair)
    case("scaled-pca", lambda: make_pipeline(StandardScaler(), de.PCA(3), LogisticRegression()), NUMERIC, Y.three, of="PCA", transform="close")
