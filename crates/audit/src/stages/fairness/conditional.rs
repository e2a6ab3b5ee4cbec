//! Decisions of rows that are alike in some columns.

use super::axes::{Axis, joined};
use super::binary::Decisions;
use super::counts::FEWEST;
use super::params::Params;
use super::report::{Conditional, Homogeneity, Stratum};
use crate::estimate::Estimate;
use crate::groups::{Grouping, UNKNOWN};
use crate::stage::StageError;
use crate::stats::multiple::adjust_some;
use crate::stats::proportion::share;
use crate::stats::stratified::{Table, common_odds_ratio, is_informative, odds_ratio, same_odds_p, same_ratio};
use crate::subject::Subject;

/// The strata that were asked for; `None` without.
///
/// # Errors
/// [`StageError::Failed`] with the id `stratum-unknown` when a column is not there.
pub(super) fn strata(subject: &Subject, params: &Params) -> Result<Option<Grouping>, StageError> {
    if params.conditional_on.is_empty() {
        return Ok(None);
    }
    let column = |name: &String| {
        let unknown = || StageError::Failed { id: "stratum-unknown", detail: format!("{name:?} is no column") };
        subject.table.column(name).map(|c| Grouping::of(c)).ok_or_else(unknown)
    };
    let parts = params.conditional_on.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(joined(&parts.iter().collect::<Vec<_>>()).0))
}

/// Every group of every attribute against its reference group, within the strata; one family of tests.
pub(super) fn conditional(
    decisions: &Decisions,
    axes: &[Axis],
    strata: &Grouping,
    params: &Params,
) -> Vec<Conditional> {
    let mut out = Vec::new();
    for axis in axes.iter().filter(|a| a.is_single()) {
        let others = (0..axis.labels().len()).filter(|g| *g != axis.reference);
        out.extend(others.map(|group| against_reference(decisions, axis, group, strata, params)));
    }
    let adjusted = adjust_some(&out.iter().map(|c| c.p_raw).collect::<Vec<_>>());
    out.iter_mut().zip(adjusted).for_each(|(c, p)| c.p_adjusted = p);
    out
}

fn against_reference(
    decisions: &Decisions,
    axis: &Axis,
    group: usize,
    strata: &Grouping,
    params: &Params,
) -> Conditional {
    let mut tables: Vec<Table> = vec![[0; 4]; strata.labels.len()];
    let mut unknown = 0;
    for (row, code) in axis.grouping.codes.iter().enumerate() {
        let side = match *code as usize {
            g if g == group => 0,
            g if g == axis.reference => 2,
            _ => continue,
        };
        match strata.codes[row] {
            UNKNOWN => unknown += 1,
            stratum => tables[stratum as usize][side + usize::from(!decisions.decision[row])] += 1,
        }
    }
    let all = tables.iter().fold([0; 4], |sum: Table, t| std::array::from_fn(|i| sum[i] + t[i]));
    let informative: Vec<Table> = tables.iter().copied().filter(is_informative).collect();
    let rows_of = |side: usize| informative.iter().map(|t| t[side] + t[side + 1]).sum::<u64>();
    let enough = rows_of(0) >= FEWEST && rows_of(2) >= FEWEST;
    let common = match enough {
        true => common_odds_ratio(&tables),
        false => Estimate::not_estimable(rows_of(0) + rows_of(2)),
    };
    let homogeneity = common.value.and_then(|ratio| same_ratio(&tables, ratio));
    let met = || tables.iter().filter(|t| t.iter().sum::<u64>() > 0);
    Conditional {
        attribute: axis.name().to_owned(),
        columns: params.conditional_on.clone(),
        group: axis.labels()[group].clone(),
        reference: axis.reference_label(),
        strata: met().count() as u64,
        informative: informative.len() as u64,
        unknown,
        crude: odds_ratio(&all),
        p_raw: if enough { same_odds_p(&tables) } else { None },
        p_adjusted: None,
        homogeneity: homogeneity.map(|h| Homogeneity { statistic: h.statistic, degrees: h.degrees, p: h.p }),
        common,
        tables: match met().count() <= params.most_groups as usize {
            true => listed(&strata.labels, &tables),
            false => Vec::new(),
        },
    }
}

fn listed(names: &[String], tables: &[Table]) -> Vec<Stratum> {
    let rate = |hits: u64, misses: u64| match hits + misses {
        n if n < FEWEST => Estimate::not_estimable(n),
        n => share(hits, n),
    };
    let one = |(name, [a, b, c, d]): (&String, &Table)| Stratum {
        name: name.clone(),
        n: a + b + c + d,
        rates: [rate(*a, *b), rate(*c, *d)],
    };
    let mut out: Vec<Stratum> = names.iter().zip(tables).map(one).filter(|s| s.n > 0).collect();
    out.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.name.cmp(&b.name)));
    out
}
