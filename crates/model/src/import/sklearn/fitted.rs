//! Fitted attributes of one estimator, with errors that say where they are.

use fine_pickle::{PickleError, Scalar, Value};

use super::super::ImportError;
use super::super::doc::malformed;
use crate::Label;

/// An estimator of the graph.
#[derive(Clone, Debug)]
pub(super) struct Fitted<'p> {
    pub(super) value: Value<'p>,
    /// First part of its module.
    pub(super) package: &'p str,
    pub(super) class: &'p str,
    /// scikit-learn version that wrote it, major and minor; `(0, 0)` when it says none.
    pub(super) version: (u32, u32),
    /// Where it is, for people: `prep.cat.enc`, or its class when it is outermost.
    pub(super) path: String,
}

impl<'p> Fitted<'p> {
    /// The estimator called `name` inside of `parent`.
    ///
    /// # Errors
    /// [`ImportError::CustomCode`] for a class outside of the model libraries, [`ImportError::Unsupported`] for
    /// something that is no object.
    pub(super) fn new(value: Value<'p>, parent: &str, name: &str) -> Result<Self, ImportError> {
        let Some((package, class)) = value.class_key() else {
            return Err(not_an_estimator(value, parent, name));
        };
        let path = match (parent.is_empty(), name.is_empty()) {
            (true, true) => class.to_owned(),
            (true, false) => name.to_owned(),
            (false, _) => format!("{parent}.{name}"),
        };
        if !matches!(package, "sklearn" | "xgboost" | "lightgbm" | "catboost" | "imblearn" | "category_encoders") {
            let full = value.class().unwrap_or(class);
            let known = matches!(package, "builtins" | "numpy" | "pandas");
            return Err(if known {
                ImportError::Unsupported { what: full.to_owned(), why: format!("{path} is not supported yet") }
            } else {
                ImportError::CustomCode { what: format!("{path}: {full}") }
            });
        }
        let version = value.attr("_sklearn_version").and_then(Value::text);
        let version = version.map_or((0, 0), |version| parse_version(&version));
        Ok(Self { value, package, class, version, path })
    }

    pub(super) fn at(&self, attr: &str) -> String {
        format!("{}.{attr}", self.path)
    }

    pub(super) fn malformed(&self, attr: &str, detail: impl Into<String>) -> ImportError {
        malformed(&self.at(attr), detail)
    }

    pub(super) fn unsupported(&self, why: impl Into<String>) -> ImportError {
        ImportError::Unsupported { what: format!("{} ({})", self.class, self.path), why: why.into() }
    }

    pub(super) fn wrong(&self, attr: &str, error: &PickleError) -> ImportError {
        match error {
            PickleError::Limit { .. } => ImportError::Pickle(error.clone()),
            _ => self.malformed(attr, error.to_string()),
        }
    }

    /// An attribute; `None` when absent or `None`.
    pub(super) fn get(&self, attr: &str) -> Option<Value<'p>> {
        self.value.attr(attr).filter(|value| !value.is_none())
    }

    /// The first of these attributes that is there.
    pub(super) fn any(&self, attrs: &[&str]) -> Option<Value<'p>> {
        attrs.iter().find_map(|attr| self.get(attr))
    }

    /// A fitted attribute.
    ///
    /// # Errors
    /// [`ImportError::NotFitted`] without it.
    pub(super) fn need(&self, attr: &str) -> Result<Value<'p>, ImportError> {
        self.get(attr)
            .ok_or_else(|| ImportError::NotFitted { what: format!("{} ({}) has no {attr}", self.class, self.path) })
    }

    pub(super) fn text(&self, attr: &str) -> Option<String> {
        self.get(attr).and_then(Value::text).map(|text| text.into_owned())
    }

    pub(super) fn flag(&self, attr: &str, default: bool) -> Result<bool, ImportError> {
        match self.get(attr) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| self.malformed(attr, "is not true or false")),
        }
    }

    pub(super) fn number(&self, attr: &str) -> Result<f64, ImportError> {
        let value = self.need(attr)?;
        if let Some(number) = value.as_f64() {
            return Ok(number);
        }
        match self.numbers(attr)?.as_slice() {
            [one] => Ok(*one),
            other => Err(self.malformed(attr, format!("holds {} numbers instead of one", other.len()))),
        }
    }

    pub(super) fn count(&self, attr: &str) -> Result<usize, ImportError> {
        self.need(attr)?.as_usize().ok_or_else(|| self.malformed(attr, "is no count"))
    }

    /// All numbers of an array (or of a plain number), row-major.
    pub(super) fn numbers(&self, attr: &str) -> Result<Vec<f64>, ImportError> {
        Ok(self.shaped(attr)?.1)
    }

    /// Shape and numbers of an array; a plain number has an empty shape.
    pub(super) fn shaped(&self, attr: &str) -> Result<(Vec<usize>, Vec<f64>), ImportError> {
        let value = self.need(attr)?;
        if let Some(number) = value.as_f64() {
            return Ok((Vec::new(), vec![number]));
        }
        let array = value.array().map_err(|error| self.wrong(attr, &error))?;
        let numbers = array.to_f64().map_err(|error| self.wrong(attr, &error))?;
        Ok((array.shape, numbers))
    }

    /// Rows, columns and numbers of a two-dimensional array or a sparse matrix (CSR), which may not be empty.
    pub(super) fn matrix(&self, attr: &str) -> Result<(usize, usize, Vec<f64>), ImportError> {
        self.matrix_of(attr, self.need(attr)?)
    }

    pub(super) fn matrix_of(&self, attr: &str, value: Value<'p>) -> Result<(usize, usize, Vec<f64>), ImportError> {
        let (rows, columns, values) = match value.attr("indptr") {
            Some(_) => self.sparse(attr, value)?,
            None => {
                let array = value.array().map_err(|error| self.wrong(attr, &error))?;
                let [rows, columns] = array.shape[..] else {
                    return Err(self.malformed(attr, format!("has {} dimensions instead of 2", array.shape.len())));
                };
                (rows, columns, array.to_f64().map_err(|error| self.wrong(attr, &error))?)
            }
        };
        if rows == 0 || columns == 0 {
            return Err(self.malformed(attr, "is empty"));
        }
        Ok((rows, columns, values))
    }

    fn sparse(&self, attr: &str, value: Value<'p>) -> Result<(usize, usize, Vec<f64>), ImportError> {
        /// Cells of a dense copy.
        const MOST: usize = 1 << 24;
        let wrong = |detail: &str| self.malformed(attr, detail);
        let part = |name: &str| value.attr(name).ok_or_else(|| wrong("is no sparse matrix of rows"));
        if !value.class_key().is_some_and(|(_, class)| class.starts_with("csr_")) {
            return Err(wrong("is no sparse matrix of rows"));
        }
        let shape = part("_shape")?.items().map_err(|error| self.wrong(attr, &error))?;
        let [rows, columns] = shape.iter().filter_map(|side| side.as_usize()).collect::<Vec<_>>()[..] else {
            return Err(wrong("has no two sides"));
        };
        let (starts, indices) = (self.whole(attr, part("indptr")?)?, self.whole(attr, part("indices")?)?);
        let data = part("data")?.array().and_then(|array| array.to_f64()).map_err(|error| self.wrong(attr, &error))?;
        let cells = rows.checked_mul(columns).filter(|cells| *cells <= MOST);
        let cells = cells.ok_or(ImportError::Limit {
            what: "cells of a sparse matrix",
            value: rows.saturating_mul(columns) as u64,
            limit: MOST as u64,
        })?;
        // The columns are an attribute: no more than so many for each stored number, so that a small file stays small.
        if starts.len() != rows + 1 || indices.len() != data.len() || columns > (1 << 20) {
            return Err(wrong("has parts that do not fit"));
        }
        let mut values = vec![0.0; cells];
        for (row, ends) in starts.windows(2).enumerate() {
            let range = usize::try_from(ends[0]).ok().zip(usize::try_from(ends[1]).ok());
            let range = range.filter(|(start, end)| start <= end && *end <= data.len());
            let (start, end) = range.ok_or_else(|| wrong("has rows outside of its data"))?;
            for at in start..end {
                let column = usize::try_from(indices[at]).ok().filter(|column| *column < columns);
                let column = column.ok_or_else(|| wrong("has a column outside of its sides"))?;
                values[row * columns + column] += data[at];
            }
        }
        Ok((rows, columns, values))
    }

    /// All of these numbers are finite.
    pub(super) fn finite(&self, attr: &str, values: &[f64]) -> Result<(), ImportError> {
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(()),
            false => Err(self.malformed(attr, "holds a number that is not finite")),
        }
    }

    /// True for an array of numbers of less than 64 bits.
    pub(super) fn is_narrow(&self, attr: &str) -> bool {
        let array = self.get(attr).and_then(|value| value.attr("data").unwrap_or(value).array().ok());
        array.is_some_and(|array| array.dtype.size < 8)
    }

    pub(super) fn whole(&self, attr: &str, value: Value<'_>) -> Result<Vec<i64>, ImportError> {
        value.array().and_then(|array| array.to_i64()).map_err(|error| self.wrong(attr, &error))
    }

    pub(super) fn scalars(&self, attr: &str, value: Value<'_>) -> Result<Vec<Scalar>, ImportError> {
        value.array().and_then(|array| array.scalars()).map_err(|error| self.wrong(attr, &error))
    }

    /// Items of a list or an object array.
    pub(super) fn list(&self, attr: &str) -> Result<Vec<Value<'p>>, ImportError> {
        self.need(attr)?.items().map_err(|error| self.wrong(attr, &error))
    }

    /// A text parameter, which must have one of the known values.
    ///
    /// # Errors
    /// [`ImportError::Unsupported`] for any other value.
    pub(super) fn choice(&self, attr: &str, known: &[&str]) -> Result<String, ImportError> {
        let value = self.need(attr)?;
        match value.text() {
            Some(text) if known.contains(&text.as_ref()) => Ok(text.into_owned()),
            _ => Err(self.unsupported(format!("{attr}={} is not known", value.preview(60)))),
        }
    }

    /// Names of the columns it was fitted on.
    pub(super) fn feature_names(&self) -> Option<Result<Vec<String>, ImportError>> {
        let attr = ["feature_names_in_", "_feature_names_in", "_df_columns"];
        let value = self.any(&attr).or_else(|| self.encoded_names())?;
        let names = self.scalars("feature_names_in_", value).and_then(|names| {
            let text = |name: Scalar| match name {
                Scalar::Text(text) => Ok(text),
                other => Err(self.malformed("feature_names_in_", format!("{other} is no text"))),
            };
            names.into_iter().map(text).collect()
        });
        Some(names)
    }

    /// Column names of older encoders of `category_encoders`: those that their codes come out under.
    fn encoded_names(&self) -> Option<Value<'p>> {
        if self.package != "category_encoders" {
            return None;
        }
        let own = self.get("base_n_encoder").unwrap_or(self.value);
        let codes = match self.class {
            // Their columns come out under the names they came in with.
            "OrdinalEncoder" | "LeaveOneOutEncoder" => own,
            _ => own.attr("ordinal_encoder")?,
        };
        let names = ["feature_names_in_", "feature_names_out_", "feature_names"];
        names.iter().find_map(|attr| codes.attr(attr).filter(|names| !names.is_none()))
    }

    /// Number of columns it was fitted on.
    pub(super) fn input_width(&self) -> Option<usize> {
        match self.class {
            // They take one column of texts.
            "CountVectorizer" | "TfidfVectorizer" | "HashingVectorizer" => Some(1),
            // It asks the estimator that chose.
            "SelectFromModel" => {
                let estimator = self.any(&["estimator_", "estimator"])?;
                estimator.attr("n_features_in_").or_else(|| estimator.attr("n_features_")).and_then(Value::as_usize)
            }
            // Its `n_features_` is how many it chose.
            "RFE" | "RFECV" | "SequentialFeatureSelector" => match self.get("n_features_in_") {
                Some(count) => count.as_usize(),
                None => self.get("support_")?.array().ok()?.shape.first().copied(),
            },
            _ => self.any(&["n_features_in_", "_n_features", "n_features_"]).and_then(Value::as_usize),
        }
    }

    /// The same from what a transformer learnt of each column: it did not store their number until 0.23.
    pub(super) fn old_input_width(&self) -> Option<usize> {
        let side = |attr: &str, side: usize| -> Option<usize> {
            let value = self.get(attr)?;
            match value.attr("_shape") {
                Some(sides) => sides.items().ok()?.get(side)?.as_usize(),
                None if side == 0 => value.len().or_else(|| value.array().ok()?.shape.first().copied()),
                None => value.array().ok()?.shape.get(side).copied(),
            }
        };
        match self.class {
            "FeatureAgglomeration" => side("labels_", 0),
            "KMeans" | "MiniBatchKMeans" => side("cluster_centers_", 1),
            "KNNImputer" => side("_fit_X", 1),
            "KernelPCA" => side("X_fit_", 1),
            "RBFSampler" => side("random_weights_", 0),
            "LinearDiscriminantAnalysis" => side("means_", 1),
            "IterativeImputer" => {
                self.get("initial_imputer_")?.attr("statistics_")?.array().ok()?.shape.first().copied()
            }
            "PolynomialFeatures" => self.get("n_input_features_")?.as_usize(),
            "KBinsDiscretizer" => side("bin_edges_", 0),
            "PowerTransformer" => side("lambdas_", 0),
            "QuantileTransformer" => side("quantiles_", 1),
            "VarianceThreshold" => side("variances_", 0),
            class if class.starts_with("Select") || class == "GenericUnivariateSelect" => side("scores_", 0),
            _ => {
                const BY_COLUMN: [&str; 6] = ["statistics_", "mean_", "scale_", "min_", "center_", "categories_"];
                let own = BY_COLUMN.iter().find(|attr| self.get(attr).is_some());
                own.map_or_else(|| side("components_", 1), |attr| side(attr, 0))
            }
        }
    }

    /// The first estimator inside of nested pipelines, unions and composites: the one that knows the columns. An outer
    /// one may know their number only.
    pub(super) fn first_leaf(&self) -> Self {
        let (mut leaf, mut counted) = (self.clone(), None);
        for _ in 0..super::DEPTH {
            let width = leaf.input_width().or_else(|| leaf.old_input_width());
            if let Some(Ok(names)) = leaf.feature_names() {
                let fits = counted.as_ref().is_none_or(|(_, width)| *width == names.len());
                return if fits { leaf } else { counted.map_or(leaf, |(outer, _)| outer) };
            }
            if let (None, Some(width)) = (&counted, width) {
                counted = Some((leaf.clone(), width));
            }
            let inner = match leaf.class {
                "Pipeline" => leaf.get("steps"),
                "FeatureUnion" => leaf.get("transformer_list"),
                _ => None,
            };
            let steps = inner.and_then(|steps| steps.items().ok()).unwrap_or_default();
            let first = steps.into_iter().filter_map(pair).find(|(_, step)| step.class_key().is_some());
            let first = first.or_else(|| leaf.first_member());
            match first.and_then(|(name, step)| Fitted::new(step, &leaf.path, &name).ok()) {
                Some(inner) => leaf = inner,
                None => break,
            }
        }
        counted.map_or(leaf, |(outer, _)| outer)
    }

    /// The first member of a composite estimator.
    fn first_member(&self) -> Option<(String, Value<'p>)> {
        const LISTS: [&str; 2] = ["estimators_", "calibrated_classifiers_"];
        const SINGLE: [&str; 5] = ["best_estimator_", "regressor_", "estimator_", "estimator", "base_estimator"];
        let list = LISTS.iter().find_map(|attr| Some((*attr, self.get(attr)?.items().ok()?.first().copied()?)));
        let single = || SINGLE.iter().find_map(|attr| Some((*attr, self.get(attr)?)));
        let (attr, value) = list.or_else(single)?;
        value.class_key().map(|_| (attr.to_owned(), value))
    }

    /// Class labels in order.
    pub(super) fn classes(&self) -> Result<Vec<Label>, ImportError> {
        // Some classes compute `classes_` from a label encoder.
        let encoders = ["_label_binarizer", "label_binarizer_", "_le", "_label_encoder"];
        let own = self.any(&["classes_", "_classes"]);
        let value = own.or_else(|| encoders.iter().find_map(|name| self.get(name)?.attr("classes_")));
        let Some(value) = value else {
            self.need("classes_")?;
            return Err(self.malformed("classes_", "is not there"));
        };
        self.several(self.labels_of(value)?)
    }

    /// Classes of each of several targets; `None` where there is one list of classes.
    pub(super) fn classes_of_outputs(&self) -> Result<Option<Vec<Vec<Label>>>, ImportError> {
        let lists = self.get("classes_").and_then(|value| value.items().ok()).unwrap_or_default();
        if lists.is_empty() || lists.iter().any(|list| list.array().is_err() || list.scalar().is_ok()) {
            return Ok(None);
        }
        lists.into_iter().map(|list| self.labels_of(list)).collect::<Result<_, _>>().map(Some)
    }

    fn labels_of(&self, value: Value<'_>) -> Result<Vec<Label>, ImportError> {
        let label = |scalar: Scalar| match scalar {
            Scalar::Bool(value) => Ok(Label::Bool(value)),
            Scalar::Int(value) => Ok(Label::Int(value)),
            Scalar::Float(value) => Ok(Label::Float(value)),
            Scalar::Text(value) => Ok(Label::Text(value)),
            Scalar::None => Err(self.malformed("classes_", "has a class None")),
        };
        self.scalars("classes_", value)?.into_iter().map(label).collect()
    }

    /// At least two classes.
    pub(super) fn several(&self, classes: Vec<Label>) -> Result<Vec<Label>, ImportError> {
        match classes.len() {
            0 => Err(self.malformed("classes_", "is empty")),
            1 => Err(self.unsupported("it was fitted on one class")),
            _ => Ok(classes),
        }
    }
}

/// `(name, estimator)` or `(name, estimator, columns)`.
pub(super) fn pair(step: Value<'_>) -> Option<(String, Value<'_>)> {
    let parts = step.items().ok().filter(|parts| parts.len() >= 2)?;
    Some((parts[0].text()?.into_owned(), parts[1]))
}

fn parse_version(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

fn not_an_estimator(value: Value<'_>, parent: &str, name: &str) -> ImportError {
    let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
    // An instance of a class that the file makes.
    if let Some(maker) = value.callee().and_then(Value::class) {
        return ImportError::CustomCode { what: format!("{path} {maker}").trim().to_owned() };
    }
    match value.name() {
        Some(function) => ImportError::CustomCode { what: format!("{path} {function}").trim().to_owned() },
        None => ImportError::Unsupported {
            what: value.preview(60),
            why: format!("{path} is no estimator").trim().to_owned(),
        },
    }
}

/// Says what the targets with these classes are.
pub(super) fn said(outputs: &[Vec<Label>]) -> Vec<String> {
    let classes = |labels: &Vec<Label>| match labels.len() {
        count @ 0..=4 => labels[..count].iter().map(Label::text).collect::<Vec<_>>().join(" / "),
        count => format!("{count} classes"),
    };
    outputs.iter().map(|labels| classes(labels).chars().take(60).collect()).collect()
}

/// So many numbers as targets.
pub(super) fn numbers(outputs: usize) -> Vec<String> {
    vec!["a number".to_owned(); outputs]
}
