//! Linear maps and distances: `sklearn.decomposition`, discriminant axes, `sklearn.cluster`.

use fine_pickle::Value;

use super::numeric::checked;
use super::{Fitted, ImportError};
use crate::steps::{Centring, Curve, Distances, Project, Rows, Step, Topics};

/// Classes that are read here.
pub(super) const CLASSES: &[&str] = &[
    "PCA",
    "IncrementalPCA",
    "TruncatedSVD",
    "FastICA",
    "FactorAnalysis",
    "LinearDiscriminantAnalysis",
    "GaussianRandomProjection",
    "NeighborhoodComponentsAnalysis",
    "FeatureAgglomeration",
    "KMeans",
    "MiniBatchKMeans",
    "BisectingKMeans",
    "LatentDirichletAllocation",
    "SparsePCA",
    "MiniBatchSparsePCA",
    "NMF",
    "MiniBatchNMF",
];

/// Components `[outputs x inputs]` with what stands around them.
struct Map {
    inputs: usize,
    matrix: Vec<f64>,
    centring: Centring,
    divide: Option<Vec<f64>>,
}

/// A decomposition as a step on finite numbers; its result is never sparse.
pub(super) fn step(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let map = match fitted.class {
        "PCA" | "IncrementalPCA" => components(fitted)?,
        "TruncatedSVD" | "GaussianRandomProjection" | "SparseRandomProjection" | "NeighborhoodComponentsAnalysis" => {
            plain(fitted, "components_")?
        }
        "LatentDirichletAllocation" => return topics(fitted),
        "SparsePCA" | "MiniBatchSparsePCA" => sparse_components(fitted)?,
        "FeatureAgglomeration" => groups(fitted)?,
        // The mean is stored exactly when the data was whitened.
        "FastICA" => Map { centring: before(fitted, "mean_")?, ..plain(fitted, "components_")? },
        "FactorAnalysis" => factors(fitted)?,
        "LinearDiscriminantAnalysis" => axes(fitted)?,
        "KMeans" | "MiniBatchKMeans" | "BisectingKMeans" => {
            let (_, inputs, centres) = fitted.matrix("cluster_centers_")?;
            if inputs == 0 || centres.is_empty() || centres.iter().any(|x| !x.is_finite()) {
                return Err(fitted.malformed("cluster_centers_", "holds no finite centres"));
            }
            return Ok(checked(Step::Rows(Rows::Distances(Distances { inputs, centres }))));
        }
        _ => {
            let why = "it transforms all rows of a table together until they all settle, so that a row alone has no \
                       fixed result";
            return Err(fitted.unsupported(why));
        }
    };
    let project = Project::new(map.inputs, map.matrix, map.centring, map.divide);
    let project = project.ok_or_else(|| fitted.malformed("components_", "does not fit its other parts"))?;
    Ok(checked(Step::Rows(Rows::Project(project))))
}

fn plain(fitted: &Fitted<'_>, attr: &str) -> Result<Map, ImportError> {
    let (_, inputs, matrix) = fitted.matrix(attr)?;
    Ok(Map { inputs, matrix, centring: Centring::None, divide: None })
}

fn before(fitted: &Fitted<'_>, attr: &str) -> Result<Centring, ImportError> {
    match fitted.get(attr) {
        None => Ok(Centring::None),
        Some(_) => Ok(Centring::Before(fitted.numbers(attr)?)),
    }
}

fn components(fitted: &Fitted<'_>) -> Result<Map, ImportError> {
    let mut map = plain(fitted, "components_")?;
    // Since 1.5 the mean is projected too and taken off the result.
    let late = fitted.version >= (1, 5);
    map.centring = match before(fitted, "mean_")? {
        Centring::Before(mean) if late && mean.len() == map.inputs => {
            let image = map.matrix.chunks_exact(map.inputs.max(1));
            Centring::After(image.map(|row| row.iter().zip(&mean).fold(0.0, |sum, (w, m)| sum + w * m)).collect())
        }
        other => other,
    };
    if fitted.flag("whiten", false)? {
        let lowest = if late { f64::EPSILON } else { 0.0 };
        let scale = fitted.numbers("explained_variance_")?.into_iter().map(|variance| variance.sqrt().max(lowest));
        map.divide = Some(scale.collect());
    }
    Ok(map)
}

/// The mean of each group of columns.
fn groups(fitted: &Fitted<'_>) -> Result<Map, ImportError> {
    if fitted.get("pooling_func").and_then(Value::name) != Some("numpy.mean") {
        return Err(fitted.unsupported("pooling_func is not numpy.mean"));
    }
    let labels = fitted.whole("labels_", fitted.need("labels_")?)?;
    let wrong = || fitted.malformed("labels_", "is no list of groups");
    let labels: Option<Vec<usize>> = labels.into_iter().map(|label| usize::try_from(label).ok()).collect();
    let labels = labels.ok_or_else(wrong)?;
    let (inputs, count) = (labels.len(), labels.iter().max().map_or(0, |last| last + 1));
    /// Cells of the map: a list alone must not make a square of its length.
    const MOST: usize = 1 << 26;
    if count > inputs || count.checked_mul(inputs).is_none_or(|cells| cells > MOST) {
        return Err(wrong());
    }
    let mut matrix = vec![0.0; count * inputs];
    let mut sizes = vec![0.0; count];
    for (column, group) in labels.into_iter().enumerate() {
        matrix[group * inputs + column] = 1.0;
        sizes[group] += 1.0;
    }
    Ok(Map { inputs, matrix, centring: Centring::None, divide: Some(sizes) })
}

/// `(x − mean) · Ψ⁻¹Wᵀ · (I + W Ψ⁻¹ Wᵀ)⁻¹` (Bishop 2006, 12.66).
fn factors(fitted: &Fitted<'_>) -> Result<Map, ImportError> {
    let (count, inputs, weights) = fitted.matrix("components_")?;
    let noise = fitted.numbers("noise_variance_")?;
    let wrong = || fitted.malformed("components_", "does not fit noise_variance_");
    // No more factors than columns, so that the square of their number is within what was read.
    if noise.len() != inputs || inputs == 0 || count > inputs {
        return Err(wrong());
    }
    let scaled: Vec<f64> = weights.iter().zip(noise.iter().cycle()).map(|(w, noise)| w / noise).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b);
    let row = |matrix: &'_ [f64], at: usize| matrix[at * inputs..(at + 1) * inputs].to_vec();
    let mut covariance = vec![0.0; count * count];
    for i in 0..count {
        for j in 0..count {
            covariance[i * count + j] = f64::from(u8::from(i == j)) + dot(&row(&scaled, i), &row(&weights, j));
        }
    }
    let inverse = inverse(covariance, count).ok_or_else(wrong)?;
    // Row k of the map: Σ_j inverse[j][k] · scaled[j].
    let mut matrix = vec![0.0; count * inputs];
    for (k, out) in matrix.chunks_exact_mut(inputs).enumerate() {
        for (j, scaled) in scaled.chunks_exact(inputs).enumerate() {
            out.iter_mut().zip(scaled).for_each(|(out, s)| *out += inverse[j * count + k] * s);
        }
    }
    Ok(Map { inputs, matrix, centring: before(fitted, "mean_")?, divide: None })
}

/// `(C Cᵀ + α I)⁻¹ C (x − mean)`: the ridge regression of a row on the components.
fn sparse_components(fitted: &Fitted<'_>) -> Result<Map, ImportError> {
    let (count, inputs, components) = fitted.matrix("components_")?;
    if fitted.version < (1, 0) && fitted.get("normalize_components").is_some_and(|value| value.as_bool() == Some(false))
    {
        return Err(fitted.unsupported("normalize_components=False scales with the other rows of the table"));
    }
    let alpha = fitted.number("ridge_alpha")?;
    let wrong = || fitted.malformed("components_", "has no ridge regression on it");
    if count > inputs || !alpha.is_finite() {
        return Err(wrong());
    }
    let row = |at: usize| &components[at * inputs..(at + 1) * inputs];
    let mut gram = vec![0.0; count * count];
    for i in 0..count {
        for j in 0..count {
            let dot = row(i).iter().zip(row(j)).fold(0.0, |sum, (a, b)| sum + a * b);
            gram[i * count + j] = if i == j { dot + alpha } else { dot };
        }
    }
    let inverse = inverse(gram, count).ok_or_else(wrong)?;
    let mut matrix = vec![0.0; count * inputs];
    for (k, out) in matrix.chunks_exact_mut(inputs).enumerate() {
        for j in 0..count {
            out.iter_mut().zip(row(j)).for_each(|(out, c)| *out += inverse[k * count + j] * c);
        }
    }
    Ok(Map { inputs, matrix, centring: before(fitted, "mean_")?, divide: None })
}

/// `LatentDirichletAllocation`.
fn topics(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    /// Rounds a row: the default is a hundred.
    const MOST: usize = 10_000;
    let (topics, _, words) = fitted.matrix("exp_dirichlet_component_")?;
    let (prior, tolerance) = (fitted.number("doc_topic_prior_")?, fitted.number("mean_change_tol")?);
    let rounds = fitted.count("max_doc_update_iter")?;
    if rounds > MOST {
        return Err(ImportError::Limit { what: "rounds of a topic model", value: rounds as u64, limit: MOST as u64 });
    }
    let topics = Topics::new(topics, words, prior, tolerance, rounds);
    let topics = topics.ok_or_else(|| fitted.malformed("exp_dirichlet_component_", "holds no topics"))?;
    Ok(checked(Step::Chain(vec![Step::Curve(Curve::Counts), Step::Rows(Rows::Topics(topics))])))
}

/// Discriminant axes of the solvers that have them.
fn axes(fitted: &Fitted<'_>) -> Result<Map, ImportError> {
    let solver = fitted.choice("solver", &["svd", "eigen"])?;
    let (inputs, axes, scalings) = fitted.matrix("scalings_")?;
    let kept = fitted.count("_max_components")?.min(axes);
    let axis = |k: usize| scalings.iter().skip(k).step_by(axes.max(1)).copied();
    let matrix = (0..kept).flat_map(axis).collect();
    let centring = if solver == "svd" { Centring::Before(fitted.numbers("xbar_")?) } else { Centring::None };
    Ok(Map { inputs, matrix, centring, divide: None })
}

/// Inverse of a small square matrix by elimination with the largest pivot; `None` when it has none.
fn inverse(mut matrix: Vec<f64>, size: usize) -> Option<Vec<f64>> {
    let mut out: Vec<f64> = (0..size * size).map(|at| f64::from(u8::from(at / size == at % size))).collect();
    for column in 0..size {
        let magnitude = |row: &usize| matrix[row * size + column].abs();
        let pivot = (column..size).max_by(|a, b| magnitude(a).total_cmp(&magnitude(b)))?;
        let value = matrix[pivot * size + column];
        if value == 0.0 || !value.is_finite() {
            return None;
        }
        for matrix in [&mut matrix, &mut out] {
            for k in 0..size {
                matrix.swap(pivot * size + k, column * size + k);
                matrix[column * size + k] /= value;
            }
        }
        for row in (0..size).filter(|row| *row != column) {
            let factor = matrix[row * size + column];
            for matrix in [&mut matrix, &mut out] {
                for k in 0..size {
                    matrix[row * size + k] -= factor * matrix[column * size + k];
                }
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::inverse;

    #[test]
    fn small_inverses() {
        let back = inverse(vec![0.0, 2.0, 4.0, 1.0], 2).unwrap();
        assert_eq!(back, [-0.125, 0.25, 0.5, 0.0]);
        assert_eq!(inverse(vec![1.0, 2.0, 2.0, 4.0], 2), None);
        assert_eq!(inverse(Vec::new(), 0), Some(Vec::new()));
    }
}
