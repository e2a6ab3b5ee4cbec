//! Measures the table: columns, rows, target, pairs of features.

mod outliers;
mod pairs;
mod profile;
mod rows;
mod spelling;
mod strength;

use fine_table::Task;

#[cfg(test)]
pub(super) use self::rows::equal_rows;
pub(super) use self::strength::interval;

use self::outliers::Scale;
use super::params::Params;
use super::report::{ClassShare, ColumnProfile, Report};
use crate::stage::{Context, StageError};
use crate::subject::Subject;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let features: Vec<usize> = subject.feature_columns.clone();
    let pair_count = features.len() * features.len().saturating_sub(1) / 2;
    let total = (subject.table.columns().len() + 2 + pair_count) as u64;
    let rows = subject.rows();

    let (columns, scales): (Vec<ColumnProfile>, Vec<_>) = profile::columns(subject, params).into_iter().unzip();
    let outlier_rows = outlier_rows(subject, &scales, params);
    let mut done = columns.len() as u64;
    ctx.tick(done, total)?;

    let all: Vec<usize> = (0..subject.table.columns().len()).collect();
    let duplicate_rows = rows::equal_rows(&subject.table, &all).iter().map(|g| g.len() as u64 - 1).sum();
    ctx.tick(done + 1, total)?;
    let conflicting_rows = rows::equal_rows(&subject.table, &features)
        .iter()
        .filter(|group| group.iter().any(|r| subject.target[*r as usize] != subject.target[group[0] as usize]))
        .map(|g| g.len() as u64)
        .sum();
    done += 2;
    ctx.tick(done, total)?;

    let pairs = pairs::measure(subject, &columns, params, &|pairs| ctx.tick(done + pairs, total))?;
    let share = |n: u64| if rows == 0 { 0.0 } else { n as f64 / rows as f64 };
    let regression = subject.task == Task::Regression;
    Ok(Report {
        rows: rows as u64,
        columns,
        duplicate_rows,
        duplicate_share: share(duplicate_rows),
        conflicting_rows,
        conflicting_share: share(conflicting_rows),
        outlier_rows,
        outlier_share: Some(share(outlier_rows)),
        classes: if regression { Vec::new() } else { classes(subject) },
        target: regression.then(|| profile::target_histogram(&subject.target, params.bins)),
        associations: pairs.associations,
        matrix: pairs.matrix,
    })
}

/// Rows with an outlier in a feature.
fn outlier_rows(subject: &Subject, scales: &[Option<Scale>], params: &Params) -> u64 {
    let columns = subject.table.columns();
    let scaled = |at: &usize| scales[*at].map(|scale| (columns[*at].as_ref(), scale));
    let features: Vec<_> = subject.feature_columns.iter().filter_map(scaled).collect();
    outliers::rows(&features, subject.rows(), params.outlier_z)
}

fn classes(subject: &Subject) -> Vec<ClassShare> {
    let rows = subject.rows().max(1) as f64;
    let mut counts = vec![0u64; subject.classes.len()];
    for class in &subject.target {
        if let Some(count) = counts.get_mut(*class as usize) {
            *count += 1;
        }
    }
    let named = subject.classes.iter().zip(counts);
    named.map(|(class, count)| ClassShare { class: class.clone(), count, share: count as f64 / rows }).collect()
}
