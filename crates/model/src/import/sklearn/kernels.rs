//! Kernels: by name, and the transformers that make columns of them (`KernelPCA`, `Nystroem`, `RBFSampler`).

use super::numeric::checked;
use super::{Context, Fitted, ImportError};
use crate::estimators::{Kernel, Points};
use crate::steps::{Centre, Centring, Function, Kernels, Project, Rows, Scale, Step};

/// Classes that are read here.
pub(super) const CLASSES: &[&str] = &["KernelPCA", "Nystroem", "RBFSampler"];

/// A transformer as a step on finite numbers; its result is never sparse.
pub(super) fn step(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Step, ImportError> {
    match fitted.class {
        "KernelPCA" => components(fitted, context),
        "Nystroem" => nystroem(fitted, context),
        _ => waves(fitted),
    }
}

/// The kernel of `sklearn.metrics.pairwise` that is named, with its defaults, and the rows that it compares with.
pub(super) fn pairwise(fitted: &Fitted<'_>, features: usize, rows: &[f64]) -> Result<(Kernel, Points), ImportError> {
    let Some(name) = fitted.text("kernel") else {
        return Err(fitted.unsupported("its kernel is a function"));
    };
    let number = |attr: &str, default: f64| -> Result<f64, ImportError> {
        let value = if fitted.get(attr).is_some() { fitted.number(attr)? } else { default };
        if value.is_finite() { Ok(value) } else { Err(fitted.malformed(attr, "is not finite")) }
    };
    let gamma = || number("gamma", 1.0 / features as f64);
    let kernel = match name.as_str() {
        "linear" => Kernel::Linear,
        "rbf" => Kernel::Radial { gamma: gamma()? },
        "laplacian" => Kernel::Laplacian { gamma: gamma()? },
        "sigmoid" => Kernel::Sigmoid { gamma: gamma()?, offset: number("coef0", 1.0)? },
        "cosine" => Kernel::Cosine,
        "poly" | "polynomial" => {
            let degree = number("degree", 3.0)?;
            if !(0.0..=1000.0).contains(&degree) || degree.fract() != 0.0 {
                return Err(fitted.unsupported(format!("degree={degree}")));
            }
            Kernel::Polynomial { gamma: gamma()?, offset: number("coef0", 1.0)?, degree: degree as i32 }
        }
        other => return Err(fitted.unsupported(format!("kernel={other}"))),
    };
    Ok((kernel, kernel.stored(features, rows)))
}

/// `(k(x) - its mean - fitted means + their mean) · vectors / √values`.
fn components(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Step, ImportError> {
    let (rows, features, stored) = fitted.matrix("X_fit_")?;
    fitted.finite("X_fit_", &stored)?;
    // Renamed in 1.0.
    let named = |names: [&'static str; 2]| if fitted.get(names[0]).is_some() { names[0] } else { names[1] };
    let (vectors, values) = (named(["eigenvectors_", "alphas_"]), named(["eigenvalues_", "lambdas_"]));
    let (height, outputs, vectors) = fitted.matrix(vectors)?;
    let sizes = fitted.numbers(values)?;
    if height != rows || sizes.len() != outputs {
        return Err(fitted.malformed(values, format!("does not fit {rows} rows and {outputs} components")));
    }
    if sizes.iter().any(|size| *size < 0.0 || (*size == 0.0 && fitted.version < (0, 23))) {
        return Err(fitted.unsupported("a component has no positive size, so that its column is no number"));
    }
    // A component without size is a column of zeros.
    let divided = |(at, vector): (usize, &f64)| match sizes[at % outputs] {
        0.0 => 0.0,
        size => vector / size.sqrt(),
    };
    let divided: Vec<f64> = vectors.iter().enumerate().map(divided).collect();
    let column = |k: usize| divided.iter().skip(k).step_by(outputs).copied();
    let matrix = (0..outputs).flat_map(column).collect();
    let centerer = Fitted::new(fitted.need("_centerer")?, &fitted.path, "_centerer")?;
    let centre = Centre { rows: centerer.numbers("K_fit_rows_")?, all: centerer.number("K_fit_all_")? };
    let (kernel, points) = pairwise(fitted, features, &stored)?;
    let kernels = Kernels::new(kernel, points, Some(centre), matrix);
    let kernels = kernels.ok_or_else(|| fitted.malformed("_centerer", "does not fit the components"))?;
    context.training_rows(fitted, rows);
    Ok(checked(Step::Rows(Rows::Kernels(kernels))))
}

/// `k(x) · normalizationᵀ`.
fn nystroem(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Step, ImportError> {
    let (rows, features, stored) = fitted.matrix("components_")?;
    fitted.finite("components_", &stored)?;
    if fitted.get("kernel_params").is_some_and(|params| !params.entries().is_empty()) {
        return Err(fitted.unsupported("kernel_params is set"));
    }
    let (_, columns, matrix) = fitted.matrix("normalization_")?;
    let (kernel, points) = pairwise(fitted, features, &stored)?;
    let kernels = Kernels::new(kernel, points, None, matrix).filter(|_| columns == rows);
    let kernels = kernels.ok_or_else(|| fitted.malformed("normalization_", "does not fit its components"))?;
    context.training_rows(fitted, rows);
    Ok(checked(Step::Rows(Rows::Kernels(kernels))))
}

/// `√(2 / n) cos(x · weights + offset)`.
fn waves(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let (inputs, outputs, weights) = fitted.matrix("random_weights_")?;
    let offset = fitted.numbers("random_offset_")?;
    let column = |k: usize| weights.iter().skip(k).step_by(outputs).copied();
    let matrix: Vec<f64> = (0..outputs).flat_map(column).collect();
    let project = Project::new(inputs, matrix, Centring::After(offset.into_iter().map(|own| -own).collect()), None);
    let project = project.ok_or_else(|| fitted.malformed("random_offset_", "does not fit its weights"))?;
    let factor = 2.0_f64.sqrt() / (outputs as f64).sqrt();
    Ok(checked(Step::Chain(vec![
        Step::Rows(Rows::Project(project)),
        Step::Map(Function::Cos),
        Step::Scale(Scale::Factor(vec![factor; outputs])),
    ])))
}
