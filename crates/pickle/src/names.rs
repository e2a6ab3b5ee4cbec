//! Present-day names of what old files import.

/// Modules that were renamed, old path first.
const MOVED: &[(&str, &str)] = &[
    ("__builtin__", "builtins"),
    ("copy_reg", "copyreg"),
    ("cPickle", "pickle"),
    ("commands", "subprocess"),
    ("_loss", "sklearn._loss._loss"),
    ("sklearn.neighbors._dist_metrics", "sklearn.metrics._dist_metrics"),
    ("sklearn.neighbors.dist_metrics", "sklearn.metrics._dist_metrics"),
    ("sklearn.linear_model._glm.link", "sklearn._loss.link"),
    ("sklearn.tree.tree", "sklearn.tree._classes"),
    ("sklearn.ensemble.forest", "sklearn.ensemble._forest"),
    ("sklearn.ensemble.gradient_boosting", "sklearn.ensemble._gb"),
    ("sklearn.ensemble.bagging", "sklearn.ensemble._bagging"),
    ("sklearn.ensemble.voting", "sklearn.ensemble._voting"),
    ("sklearn.ensemble.voting_classifier", "sklearn.ensemble._voting"),
    ("sklearn.ensemble.weight_boosting", "sklearn.ensemble._weight_boosting"),
    ("sklearn.ensemble.iforest", "sklearn.ensemble._iforest"),
    ("sklearn.linear_model.base", "sklearn.linear_model._base"),
    ("sklearn.linear_model.logistic", "sklearn.linear_model._logistic"),
    ("sklearn.linear_model.ridge", "sklearn.linear_model._ridge"),
    ("sklearn.linear_model.coordinate_descent", "sklearn.linear_model._coordinate_descent"),
    ("sklearn.linear_model.stochastic_gradient", "sklearn.linear_model._stochastic_gradient"),
    ("sklearn.svm.classes", "sklearn.svm._classes"),
    ("sklearn.neighbors.classification", "sklearn.neighbors._classification"),
    ("sklearn.neighbors.regression", "sklearn.neighbors._regression"),
    ("sklearn.preprocessing.data", "sklearn.preprocessing._data"),
    ("sklearn.preprocessing.label", "sklearn.preprocessing._label"),
    ("sklearn.preprocessing.imputation", "sklearn.preprocessing._imputation"),
];

/// `module.name` under its present-day path: Python 2 names, `numpy._core`, numpy's functions under `numpy`,
/// `sklearn.externals.joblib`, scikit-learn modules before 0.22 and the top-level `_loss` of 1.5 to 1.7.
pub fn canonical(module: &str, name: &str) -> String {
    if let Some((_, present)) = MOVED.iter().find(|(old, _)| *old == module) {
        return format!("{present}.{name}");
    }
    if matches!(module, "numpy.core._multiarray_umath" | "numpy._core._multiarray_umath" | "numpy.core.umath")
        || (module == "numpy.core.numeric" && name == "dtype")
    {
        return format!("numpy.{name}");
    }
    if let Some(rest) = module.strip_prefix("numpy._core") {
        return format!("numpy.core{rest}.{name}");
    }
    if let Some(rest) = module.strip_prefix("sklearn.externals.joblib") {
        return format!("joblib{rest}.{name}");
    }
    format!("{module}.{name}")
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn old_and_new_paths_meet() {
        for (module, name, expected) in [
            ("numpy._core.multiarray", "_reconstruct", "numpy.core.multiarray._reconstruct"),
            ("numpy.core.multiarray", "_reconstruct", "numpy.core.multiarray._reconstruct"),
            ("numpy._core._multiarray_umath", "log1p", "numpy.log1p"),
            ("__builtin__", "eval", "builtins.eval"),
            ("_loss", "CyHalfBinomialLoss", "sklearn._loss._loss.CyHalfBinomialLoss"),
            ("sklearn.externals.joblib.numpy_pickle", "NumpyArrayWrapper", "joblib.numpy_pickle.NumpyArrayWrapper"),
            ("sklearn.tree.tree", "DecisionTreeClassifier", "sklearn.tree._classes.DecisionTreeClassifier"),
        ] {
            assert_eq!(canonical(module, name), expected);
        }
    }
}
