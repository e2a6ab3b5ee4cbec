from sklearn import feature_selection as fs
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from data import *


def cases(case):
    def chosen(name, make, pair=NUMERIC, target=None, classes=True, **k):
        last = LogisticRegression(max_iter=500) if classes else Ridge()
        case(name, lambda: make_pipeline(make(), last), pair, Y.three if target is None else target, **k)

    forest = lambda: RandomForestClassifier(8, max_depth=4, random_state=0)
    chosen("select-k-best", lambda: fs.SelectKBest(k=3), of="SelectKBest")
    chosen("select-k-best-all", lambda: fs.SelectKBest(k="all"), of="SelectKBest")
    chosen("select-k-best-chi2", lambda: fs.SelectKBest(fs.chi2, k=2), COUNTS, of="SelectKBest")
    chosen("select-k-best-information", lambda: fs.SelectKBest(fs.mutual_info_classif, k=2), of="SelectKBest")
    chosen("select-k-best-regression", lambda: fs.SelectKBest(fs.f_regression, k=3), target=Y.value, classes=False, of="SelectKBest")
    chosen("select-percentile", lambda: fs.SelectPercentile(percentile=50), of="SelectPercentile")
    chosen("select-fpr", lambda: fs.SelectFpr(alpha=0.2), of="SelectFpr")
    chosen("select-fdr", lambda: fs.SelectFdr(alpha=0.3), of="SelectFdr")
    chosen("select-fwe", lambda: fs.SelectFwe(alpha=0.3), of="SelectFwe")
    chosen("select-generic", lambda: fs.GenericUnivariateSelect(mode="k_best", param=2), of="GenericUnivariateSelect")
    chosen("variance-threshold", lambda: fs.VarianceThreshold(0.5), of="VarianceThreshold")
    chosen("rfe", lambda: fs.RFE(LogisticRegression(max_iter=500), n_features_to_select=2), SCALED, YS.words, of="RFE")
    chosen("rfecv", lambda: fs.RFECV(DecisionTreeClassifier(max_depth=3, random_state=0), cv=3), of="RFECV")
    chosen("select-from-forest", lambda: fs.SelectFromModel(forest()), of="SelectFromModel")
    chosen("select-from-median", lambda: fs.SelectFromModel(forest(), threshold="1.1*median"), of="SelectFromModel")
    chosen("select-from-most", lambda: fs.SelectFromModel(forest(), max_features=2, threshold=-np.inf), of="SelectFromModel")
    chosen("select-from-lasso", lambda: fs.SelectFromModel(Lasso(alpha=0.3)), SCALED, YS.value, classes=False, of="SelectFromModel")
    chosen("select-from-logistic", lambda: fs.SelectFromModel(LogisticRegression(max_iter=500), threshold="mean", norm_order=2), SCALED, YS.three, of="SelectFromModel")
    prefit = RandomForestRegressor(6, max_depth=3, random_state=0).fit(NUMERIC.train, Y.value)
    chosen("select-from-prefit", lambda: fs.SelectFromModel(prefit, prefit=True), target=Y.value, classes=False, of="SelectFromModel", since=(1, 1))
    chosen("sequential", lambda: fs.SequentialFeatureSelector(Ridge(), n_features_to_select=2, cv=3), target=Y.value, classes=False, of="SequentialFeatureSelector", since=(0, 24))
