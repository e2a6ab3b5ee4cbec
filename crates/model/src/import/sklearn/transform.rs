//! Single transformers as steps.

use fine_pickle::{Node, Scalar, Value};

use super::{
    Context, Fitted, ImportError, decompose, encoders, forest, imputers, kernels, numeric, select, tables, text,
};
use crate::steps::{
    Categories, Category, Curve, Function, Impute, Marker, OneHot, Ordinal, Rows, Scale, Statistic, Step, Unknown,
};

/// A transformer as a step, and whether its result is a sparse matrix when its input is.
pub(super) fn step(fitted: &Fitted<'_>, sparse: bool, context: &mut Context<'_>) -> Result<(Step, bool), ImportError> {
    if fitted.package == "category_encoders" {
        return Ok((encoders::step(fitted)?, false));
    }
    if fitted.package != "sklearn" {
        return Err(fitted.unsupported("this transformer is not supported yet"));
    }
    Ok(match fitted.class {
        "SimpleImputer" => (Step::Impute(imputer(fitted)?), sparse),
        "StandardScaler" => (scaler(fitted, ("with_mean", "mean_"), ("with_std", "scale_"), sparse)?, sparse),
        "RobustScaler" => (scaler(fitted, ("with_centering", "center_"), ("with_scaling", "scale_"), sparse)?, sparse),
        "MaxAbsScaler" => (max_abs(fitted, sparse)?, sparse),
        "MinMaxScaler" => (min_max(fitted)?, false),
        "OneHotEncoder" => {
            let sparse = match fitted.get("sparse_output") {
                Some(_) => fitted.flag("sparse_output", true)?,
                None => fitted.flag("sparse", true)?,
            };
            (Step::OneHot(one_hot(fitted)?), sparse)
        }
        "OrdinalEncoder" => (Step::Ordinal(ordinal(fitted)?), false),
        "FunctionTransformer" => (function(fitted)?, sparse),
        "Normalizer" => (numeric::normalizer(fitted, sparse)?, sparse),
        "Binarizer" => (numeric::binarizer(fitted)?, sparse),
        "PowerTransformer" => (numeric::power(fitted, context)?, false),
        "QuantileTransformer" => (numeric::quantile(fitted, sparse)?, sparse),
        "PolynomialFeatures" => (numeric::polynomial(fitted, sparse, context)?, sparse),
        "KBinsDiscretizer" => numeric::bins(fitted)?,
        "SplineTransformer" => numeric::spline(fitted)?,
        "CountVectorizer" | "TfidfVectorizer" | "HashingVectorizer" => (text::vectorizer(fitted, context)?, true),
        "TfidfTransformer" => (text::transformer(fitted, &mut Vec::new(), context)?, true),
        "KNNImputer" => (imputers::neighbours(fitted, context)?, false),
        "IterativeImputer" => (imputers::iterative(fitted, context)?, false),
        "MissingIndicator" => imputers::indicator(fitted, sparse)?,
        "TargetEncoder" => (tables::target(fitted)?, false),
        "LabelEncoder" => (tables::label_encoder(fitted)?, false),
        "LabelBinarizer" => tables::label_binarizer(fitted)?,
        "SparseRandomProjection" => {
            let dense = fitted.flag("dense_output", false)?;
            (decompose::step(fitted)?, sparse && !dense)
        }
        "RandomTreesEmbedding" => leaves(fitted, context)?,
        class if kernels::CLASSES.contains(&class) => (kernels::step(fitted, context)?, false),
        class if decompose::CLASSES.contains(&class) => (decompose::step(fitted)?, false),
        class if select::CLASSES.contains(&class) => (select::step(fitted)?, sparse),
        _ => return Err(fitted.unsupported("this transformer is not supported yet")),
    })
}

/// What counts as missing.
pub(super) fn marker(fitted: &Fitted<'_>) -> Result<Marker, ImportError> {
    Ok(match fitted.get("missing_values").map(|value| (value, value.scalar())) {
        None => Marker::Empty,
        Some((_, Ok(Scalar::Float(value)))) if value.is_nan() => Marker::Empty,
        Some((_, Ok(Scalar::None))) => Marker::Empty,
        Some((_, Ok(Scalar::Text(text)))) => Marker::Text(text),
        Some((value, scalar)) => match scalar.ok().and_then(|scalar| scalar.as_f64()) {
            Some(number) => Marker::Number(number),
            None => return Err(fitted.unsupported(format!("missing_values={}", value.preview(40)))),
        },
    })
}

fn imputer(fitted: &Fitted<'_>) -> Result<Impute, ImportError> {
    let constant = fitted.text("strategy").as_deref() == Some("constant");
    let keep_empty = fitted.flag("keep_empty_features", false)? || (constant && fitted.version < (1, 8));
    let statistics = fitted.scalars("statistics_", fitted.need("statistics_")?)?;
    let statistics = statistics.into_iter().map(|statistic| match statistic {
        Scalar::Text(text) => Ok(Statistic::Text(text)),
        Scalar::None if !keep_empty => Ok(Statistic::Dropped),
        Scalar::Float(value) if value.is_nan() && !keep_empty => Ok(Statistic::Dropped),
        other => match other.as_f64() {
            Some(value) => Ok(Statistic::Number(value)),
            None => Err(fitted.unsupported("a statistic is None")),
        },
    });
    let statistics: Vec<Statistic> = statistics.collect::<Result<_, _>>()?;
    let indicators = imputers::indicators(fitted, statistics.len())?;
    Ok(Impute { marker: marker(fitted)?, statistics, indicators })
}

fn finite(fitted: &Fitted<'_>, attr: &str) -> Result<Vec<f64>, ImportError> {
    let values = fitted.numbers(attr)?;
    if values.iter().any(|value| value.is_infinite()) {
        return Err(fitted.malformed(attr, "holds an infinite number"));
    }
    Ok(values)
}

fn even(fitted: &Fitted<'_>, scale: Scale) -> Result<Step, ImportError> {
    if scale.is_even() { Ok(Step::Scale(scale)) } else { Err(fitted.malformed("scale_", "has another length")) }
}

/// `(x - center) / scale`. A sparse matrix is multiplied by the reciprocal of the scale instead.
fn scaler(
    fitted: &Fitted<'_>,
    (centers, center): (&str, &str),
    (scales, scale): (&str, &str),
    sparse: bool,
) -> Result<Step, ImportError> {
    let center = if fitted.flag(centers, true)? { Some(finite(fitted, center)?) } else { None };
    let scale = if fitted.flag(scales, true)? { Some(finite(fitted, scale)?) } else { None };
    match (sparse, center, scale) {
        (true, None, Some(scale)) => reciprocal(&scale),
        (true, Some(_), _) => Err(fitted.malformed("with_mean", "a sparse matrix cannot be centred")),
        (_, center, scale) => even(fitted, Scale::Standard { center, scale }),
    }
}

fn reciprocal(scale: &[f64]) -> Result<Step, ImportError> {
    Ok(Step::Scale(Scale::Factor(scale.iter().map(|scale| 1.0 / scale).collect())))
}

fn max_abs(fitted: &Fitted<'_>, sparse: bool) -> Result<Step, ImportError> {
    let scale = finite(fitted, "scale_")?;
    let step = match sparse {
        true => reciprocal(&scale)?,
        false => even(fitted, Scale::Standard { center: None, scale: Some(scale) })?,
    };
    let clip = fitted.flag("clip", false)?;
    Ok(if clip { Step::Chain(vec![step, Step::Curve(Curve::Clip(-1.0, 1.0))]) } else { step })
}

fn min_max(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let clip = if fitted.flag("clip", false)? {
        let range = fitted.numbers("feature_range")?;
        let [low, high] = range.as_slice() else {
            return Err(fitted.malformed("feature_range", "is no pair"));
        };
        Some((*low, *high))
    } else {
        None
    };
    even(fitted, Scale::MinMax { scale: finite(fitted, "scale_")?, min: finite(fitted, "min_")?, clip })
}

/// A category as an encoder stores it.
pub(super) fn category(scalar: Scalar) -> Category {
    match scalar {
        Scalar::None => Category::Missing,
        Scalar::Text(text) => Category::Text(text),
        other => match other.as_f64() {
            Some(value) if !value.is_nan() => Category::Number(value),
            _ => Category::Missing,
        },
    }
}

pub(super) fn categories(fitted: &Fitted<'_>) -> Result<Vec<Categories>, ImportError> {
    let list = fitted.list("categories_")?.into_iter();
    list.map(|values| {
        let values = fitted.scalars("categories_", values)?;
        Ok(Categories::new(values.into_iter().map(category).collect()))
    })
    .collect()
}

/// Groups of infrequent categories (1.1 and later for one-hot, 1.3 for ordinal).
fn groups(fitted: &Fitted<'_>, columns: usize) -> Result<Vec<Option<Vec<u32>>>, ImportError> {
    let attr = "_default_to_infrequent_mappings";
    if !fitted.flag("_infrequent_enabled", false)? || fitted.get(attr).is_none() {
        return Ok(vec![None; columns]);
    }
    let group = |code: i64| u32::try_from(code).map_err(|_| fitted.malformed(attr, "has a negative group"));
    let mapping = |value: Value<'_>| -> Result<Option<Vec<u32>>, ImportError> {
        if value.is_none() {
            return Ok(None);
        }
        fitted.whole(attr, value)?.into_iter().map(group).collect::<Result<_, _>>().map(Some)
    };
    fitted.list(attr)?.into_iter().map(mapping).collect()
}

fn one_hot(fitted: &Fitted<'_>) -> Result<OneHot, ImportError> {
    let categories = categories(fitted)?;
    let unknown = match fitted.choice("handle_unknown", &["error", "ignore", "infrequent_if_exist", "warn"])?.as_str() {
        "error" => Unknown::Refuse,
        "ignore" => Unknown::Zeros,
        // 1.6 and 1.7 warn and write zeros, although they say otherwise.
        "warn" if fitted.version == (0, 0) => return Err(fitted.unsupported("handle_unknown='warn' without a version")),
        "warn" if fitted.version < (1, 8) => Unknown::Zeros,
        _ => Unknown::Infrequent,
    };
    let groups = groups(fitted, categories.len())?;
    // Since 1.1 the dropped index also exists after grouping; before, there were no groups.
    let dropped = fitted.any(&["_drop_idx_after_grouping", "drop_idx_"]);
    let drop = match dropped.filter(|_| fitted.get("drop_idx_").is_some()) {
        None => vec![None; categories.len()],
        Some(value) => {
            let index = |scalar: Scalar| match scalar {
                Scalar::None => Ok(None),
                other => match other.as_f64() {
                    Some(value) if value >= 0.0 && value.fract() == 0.0 => Ok(Some(value as u32)),
                    _ => Err(fitted.malformed("drop_idx_", "is no index")),
                },
            };
            fitted.scalars("drop_idx_", value)?.into_iter().map(index).collect::<Result<_, _>>()?
        }
    };
    let one_hot = OneHot { categories, groups, drop, unknown };
    if one_hot.is_even() { Ok(one_hot) } else { Err(fitted.malformed("categories_", "does not fit its groups")) }
}

/// `RandomTreesEmbedding`: an indicator a leaf, and whether they are a sparse matrix.
fn leaves(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<(Step, bool), ImportError> {
    let encoder = Fitted::new(fitted.need("one_hot_encoder_")?, &fitted.path, "one_hot_encoder_")?;
    context.visit(1)?;
    let (indicators, sparse) = match encoder.class {
        "OneHotEncoder" => step(&encoder, false, context)?,
        _ => return Err(encoder.unsupported("it stands in the place of a OneHotEncoder")),
    };
    let leaves = numeric::checked(Step::Rows(Rows::Leaves(forest::leaves(fitted, context)?)));
    Ok((Step::Chain(vec![leaves, indicators]), sparse))
}

fn ordinal(fitted: &Fitted<'_>) -> Result<Ordinal, ImportError> {
    let categories = categories(fitted)?;
    // The parameter is there since 0.24.
    let strict = fitted.get("handle_unknown").is_none() && fitted.version < (0, 24);
    let unknown = if strict || fitted.choice("handle_unknown", &["error", "use_encoded_value"])? == "error" {
        Unknown::Refuse
    } else {
        Unknown::Value(fitted.number("unknown_value")?)
    };
    let missing = match fitted.get("encoded_missing_value") {
        Some(_) => fitted.number("encoded_missing_value")?,
        None => f64::NAN,
    };
    let groups = groups(fitted, categories.len())?;
    let ordinal = Ordinal { categories, groups, unknown, missing };
    if ordinal.is_even() { Ok(ordinal) } else { Err(fitted.malformed("categories_", "does not fit its groups")) }
}

/// `FunctionTransformer`: nothing, scikit-learn's own input check, or a numpy function of one argument.
fn function(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let checked = |step: Step| -> Result<Step, ImportError> {
        Ok(if fitted.flag("validate", false)? { numeric::checked(step) } else { step })
    };
    let Some(function) = fitted.get("func") else { return checked(Step::Keep) };
    let arguments = fitted.get("kw_args").is_some_and(|args| !args.entries().is_empty());
    let name = match (function.node(), function.class()) {
        (Node::Global(_), _) => function.name().map(str::to_owned),
        (_, Some("numpy.core._ufunc_reconstruct")) => {
            function.args().get(1).and_then(|name| name.text()).map(|name| format!("numpy.{name}"))
        }
        (_, Some("functools.partial" | "_functools.partial")) => {
            // `partial(check_array, …)` checks types and finiteness only.
            let inner = function.args().first().and_then(|inner| inner.name());
            inner.filter(|name| *name == CHECK_ARRAY).map(str::to_owned)
        }
        _ => None,
    };
    match name.as_deref() {
        Some(CHECK_ARRAY) => Ok(Step::Keep),
        Some(name) => match Function::from_name(name) {
            Some(function) if !arguments => checked(Step::Map(function)),
            _ if name.starts_with("numpy.") => Err(fitted.unsupported(format!("func={name}"))),
            _ => Err(ImportError::CustomCode { what: format!("{}: {name}", fitted.path) }),
        },
        None => {
            let what = function.class().unwrap_or("a function").to_owned();
            Err(ImportError::CustomCode { what: format!("{}: {what}", fitted.path) })
        }
    }
}

const CHECK_ARRAY: &str = "sklearn.utils.validation.check_array";
