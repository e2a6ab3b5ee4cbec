//! `sklearn.preprocessing` of numbers: powers, quantiles, polynomials, bins, splines.

use fine_pickle::Value;

use super::{Context, Fitted, ImportError, transform};
use crate::steps::{
    Basis, Categories, Category, Curve, Extrapolation, Family, Norm, OneHot, Polynomial, Quantile, Rows, Spline, Step,
    Unknown, polynomial_terms,
};

/// A step behind scikit-learn's check of its input: no missing and no infinite cell.
pub(super) fn checked(step: Step) -> Step {
    Step::Chain(vec![Step::RefuseMissing, step])
}

/// The same where missing cells are allowed.
fn finite(step: Step) -> Step {
    Step::Chain(vec![Step::RefuseInfinite, step])
}

pub(super) fn normalizer(fitted: &Fitted<'_>, sparse: bool) -> Result<Step, ImportError> {
    let norm = match fitted.choice("norm", &["l1", "l2", "max"])?.as_str() {
        "l1" => Norm::L1,
        "l2" => Norm::L2,
        // Before 0.24 the largest value, not the largest magnitude; of the zeros between stored cells it knew nothing.
        _ if fitted.version < (0, 24) && !sparse => Norm::Highest,
        _ if fitted.version < (0, 24) => {
            return Err(fitted.unsupported("norm='max' over a sparse matrix in a version before 0.24"));
        }
        _ => Norm::Max,
    };
    Ok(checked(Step::Rows(Rows::Normalise(norm))))
}

pub(super) fn binarizer(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let threshold = fitted.number("threshold")?;
    if !threshold.is_finite() {
        return Err(fitted.malformed("threshold", "is not finite"));
    }
    Ok(checked(Step::Curve(Curve::Binarize(threshold))))
}

/// The power function, then a `StandardScaler`.
pub(super) fn power(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Step, ImportError> {
    let family = match fitted.choice("method", &["yeo-johnson", "box-cox"])?.as_str() {
        "box-cox" => Family::BoxCox,
        _ => Family::YeoJohnson { stable: fitted.version >= (1, 8) },
    };
    let lambdas = fitted.numbers("lambdas_")?;
    if lambdas.iter().any(|lambda| !lambda.is_finite()) {
        return Err(fitted.malformed("lambdas_", "holds a number that is not finite"));
    }
    let power = Step::Curve(Curve::Power { family, lambdas });
    let mut steps = vec![Step::RefuseInfinite, power];
    if fitted.flag("standardize", true)? {
        let scaler = Fitted::new(fitted.need("_scaler")?, &fitted.path, "_scaler")?;
        if scaler.class != "StandardScaler" {
            return Err(scaler.unsupported("a power transformer scales with a StandardScaler"));
        }
        context.visit(1)?;
        steps.push(transform::step(&scaler, false, context)?.0);
    }
    Ok(Step::Chain(steps))
}

pub(super) fn quantile(fitted: &Fitted<'_>, sparse: bool) -> Result<Step, ImportError> {
    Ok(finite(Step::Curve(Curve::Quantile(quantiles(fitted, sparse)?))))
}

/// The distribution of each column.
pub(super) fn quantiles(fitted: &Fitted<'_>, sparse: bool) -> Result<Quantile, ImportError> {
    let normal = fitted.choice("output_distribution", &["uniform", "normal"])? == "normal";
    let references = fitted.numbers("references_")?;
    let (count, columns, values) = fitted.matrix("quantiles_")?;
    if count != references.len() {
        return Err(fitted.malformed("quantiles_", format!("{count} rows for {} references", references.len())));
    }
    let own = |column: usize| values.iter().skip(column).step_by(columns).copied().collect();
    let quantiles = (0..columns).map(own).collect();
    let quantile = Quantile { quantiles, references, normal, zeros_stay: sparse };
    if !quantile.is_even() {
        return Err(fitted.malformed("quantiles_", "is not ascending"));
    }
    Ok(quantile)
}

pub(super) fn polynomial(fitted: &Fitted<'_>, sparse: bool, context: &mut Context<'_>) -> Result<Step, ImportError> {
    let inputs = match fitted.any(&["n_features_in_", "n_input_features_"]).and_then(Value::as_usize) {
        Some(inputs) => inputs,
        None => fitted.count("n_features_in_")?,
    };
    let degree = fitted.need("degree")?;
    let degrees = match (degree.as_usize(), degree.items().ok().as_deref()) {
        (Some(highest), _) => (0, highest),
        (None, Some([lowest, highest])) => match (lowest.as_usize(), highest.as_usize()) {
            (Some(lowest), Some(highest)) => (lowest, highest),
            _ => return Err(fitted.malformed("degree", "is no pair of counts")),
        },
        _ => return Err(fitted.malformed("degree", "is no count")),
    };
    let most = context.limits.features;
    let beyond = |value: usize| ImportError::Limit { what: "features", value: value as u64, limit: most as u64 };
    if inputs > most {
        return Err(beyond(inputs));
    }
    let interaction_only = fitted.flag("interaction_only", false)?;
    let bias = fitted.flag("include_bias", true)?;
    // Every term but the constant has a factor.
    let terms = polynomial_terms(inputs, degrees, interaction_only, bias, most.saturating_mul(4))
        .filter(|terms| terms.len() <= most)
        .ok_or_else(|| beyond(most.saturating_add(1)))?;
    context.make(terms.len())?;
    if fitted.get("n_output_features_").and_then(Value::as_usize).is_some_and(|count| count != terms.len()) {
        return Err(fitted.malformed("n_output_features_", format!("is not {}", terms.len())));
    }
    Ok(checked(Step::Rows(Rows::Polynomial(Polynomial { inputs, terms, forward: sparse }))))
}

/// Bins, as numbers or as indicators, and whether the result is sparse.
pub(super) fn bins(fitted: &Fitted<'_>) -> Result<(Step, bool), ImportError> {
    let encode = fitted.choice("encode", &["onehot", "onehot-dense", "ordinal"])?;
    if let Some(dtype) = fitted.get("dtype").filter(|dtype| dtype.name() != Some("numpy.float64")) {
        return Err(fitted.unsupported(format!("dtype={}", dtype.preview(40))));
    }
    let edges = fitted.list("bin_edges_")?.into_iter().map(|edges| {
        let edges =
            edges.array().and_then(|array| array.to_f64()).map_err(|error| fitted.wrong("bin_edges_", &error))?;
        let ascending = edges.is_sorted() && edges.iter().all(|edge| !edge.is_nan());
        if edges.len() < 2 || !ascending {
            return Err(fitted.malformed("bin_edges_", "has no ascending edges"));
        }
        Ok(edges)
    });
    let edges: Vec<Vec<f64>> = edges.collect::<Result<_, _>>()?;
    let counts: Vec<usize> = edges.iter().map(|edges| edges.len() - 1).collect();
    let own = fitted.whole("n_bins_", fitted.need("n_bins_")?)?;
    if !own.iter().copied().eq(counts.iter().map(|count| *count as i64)) {
        return Err(fitted.malformed("n_bins_", "does not fit the edges"));
    }
    let mut steps = vec![Step::RefuseMissing, Step::Curve(Curve::Bins { edges, lifted: fitted.version < (1, 1) })];
    if encode != "ordinal" {
        let list = |count: &usize| Categories::new((0..*count).map(|bin| Category::Number(bin as f64)).collect());
        steps.push(Step::OneHot(OneHot {
            categories: counts.iter().map(list).collect(),
            groups: vec![None; counts.len()],
            drop: vec![None; counts.len()],
            unknown: Unknown::Refuse,
        }));
    }
    Ok((Step::Chain(steps), encode == "onehot"))
}

/// B-spline bases, and whether the result is sparse.
pub(super) fn spline(fitted: &Fitted<'_>) -> Result<(Step, bool), ImportError> {
    let known = ["error", "constant", "linear", "continue", "periodic"];
    let extrapolation = match fitted.choice("extrapolation", &known)?.as_str() {
        "error" => Extrapolation::Refuse,
        "constant" => Extrapolation::Constant,
        "linear" => Extrapolation::Linear,
        "continue" => Extrapolation::Continue,
        _ => Extrapolation::Periodic,
    };
    let missing_zeros = match fitted.get("handle_missing") {
        None => false,
        Some(_) => fitted.choice("handle_missing", &["error", "zeros"])? == "zeros",
    };
    let bases = fitted.list("bsplines_")?.into_iter().enumerate().map(|(column, value)| {
        let path = fitted.at(&format!("bsplines_[{column}]"));
        // Since scipy 1.18 the spline is the first part of the state of a shell around it.
        let has_knots = |value: &Value<'_>| value.attr("_t").or_else(|| value.attr("t")).is_some();
        let inner = value.state().and_then(Value::tuple).into_iter().flatten().find(has_knots);
        let value = if has_knots(&value) { value } else { inner.unwrap_or(value) };
        let own = Fitted { value, path, ..fitted.clone() };
        let part = |names: [&'static str; 2]| if own.get(names[0]).is_some() { names[0] } else { names[1] };
        let knots = own.numbers(part(["_t", "t"]))?;
        let (_, outputs, coefficients) = own.matrix(part(["_c", "c"]))?;
        let basis = Basis::new(knots, own.count("k")?, coefficients, outputs);
        basis.ok_or_else(|| own.malformed("c", "does not fit the knots"))
    });
    let columns = bases.collect::<Result<Vec<_>, ImportError>>()?;
    let bias = fitted.flag("include_bias", true)?;
    let step = Step::Spline(Spline { columns, extrapolation, bias, missing_zeros });
    Ok((step, fitted.flag("sparse_output", false)?))
}
