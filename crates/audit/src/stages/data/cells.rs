//! Judges what stands in the cells of each column.

use super::findings::{STAGE, but_for_passes, column_scope, used};
use super::report::{ColumnProfile, Report};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::stats::proportion::share;

/// A number of one column: its check, what it is, its place in the profile, and the reason where no column has it.
struct Measure {
    check: &'static str,
    of: fn(&ColumnProfile, &Report) -> Option<Estimate>,
    place: &'static str,
    none: &'static str,
}

/// Outliers are a sample's share and have an interval; how cells are written is a count of this table and has none.
const MEASURES: [Measure; 5] = [
    Measure { check: "DATA-OUTLIERS", of: outliers, place: "/numbers/outliers", none: "no-numbers" },
    Measure {
        check: "DATA-CATEGORY-VARIANTS",
        of: |c, r| of_text(c, r, c.variant_cells),
        place: "/variant_cells",
        none: "no-categories",
    },
    Measure {
        check: "DATA-SYMBOLS-ONLY",
        of: |c, r| of_text(c, r, c.symbols_only),
        place: "/symbols_only",
        none: "no-categories",
    },
    Measure { check: "DATA-NULL-SPELLINGS", of: spellings, place: "/null_spellings", none: "nothing-compared" },
    Measure { check: "DATA-MIXED-TYPES", of: mixed, place: "/numeric_like", none: "no-categories" },
];

pub(super) fn judge(report: &Report, policy: &Policy) -> Vec<Finding> {
    MEASURES.iter().flat_map(|m| of_columns(report, m, policy)).collect()
}

/// Every column that does not pass; when all do, the worst of them for all.
fn of_columns(report: &Report, m: &Measure, policy: &Policy) -> Vec<Finding> {
    let all: Vec<(f64, Measured, &ColumnProfile)> = used(report)
        .filter_map(|(i, c)| {
            let estimate = (m.of)(c, report)?;
            let value = estimate.value.unwrap_or(0.0);
            let affected = if m.check == "DATA-NULL-SPELLINGS" { c.missing_share } else { value };
            let measured = Measured::new(m.check, STAGE, estimate).share(affected);
            Some((value, measured.evidence(format!("/columns/{i}{}", m.place)), c))
        })
        .collect();
    let worst = all.iter().enumerate().max_by(|(i, a), (j, b)| a.0.total_cmp(&b.0).then(j.cmp(i)));
    let Some((_, (_, worst, _))) = worst else {
        let nothing = Measured::new(m.check, STAGE, Estimate::not_estimable(report.rows)).evidence("/columns");
        return vec![nothing.without_outcome(policy, Outcome::NotApplicable, m.none)];
    };
    let worst = worst.clone().judge(policy);
    but_for_passes(all.into_iter().map(|(_, m, c)| m.scope(column_scope(c)).judge(policy)), Some(worst))
}

/// Numbers that name a class are no measurements.
fn outliers(column: &ColumnProfile, report: &Report) -> Option<Estimate> {
    let numbers = column.numbers.as_ref()?;
    let names_a_class = column.role == "target" && !report.classes.is_empty();
    (!names_a_class).then(|| share(numbers.outliers, report.rows - column.missing - numbers.infinite))
}

/// A share of the present cells of a text column.
fn of_text(column: &ColumnProfile, report: &Report, cells: u64) -> Option<Estimate> {
    let present = report.rows - column.missing;
    (column.kind == "text" && present > 0).then(|| Estimate::plain(cells as f64 / present as f64, present))
}

/// The rarer kind among numbers and other text.
fn mixed(column: &ColumnProfile, report: &Report) -> Option<Estimate> {
    of_text(column, report, column.numeric_like.min(report.rows - column.missing - column.numeric_like))
}

fn spellings(column: &ColumnProfile, report: &Report) -> Option<Estimate> {
    Some(Estimate::plain((column.null_spellings.len() + column.hidden_missing.len()) as f64, report.rows))
}
