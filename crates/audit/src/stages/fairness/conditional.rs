//! Decisions of rows that are alike in some columns.

use super::axes::{Axis, joined};
use super::binary::Decisions;
use super::counts::FEWEST;
use super::params::Params;
use super::report::{Conditional, Homogeneity, Stratum};
use crate::estimate::Estimate;
use crate::groups::{Grouping, UNKNOWN};
use crate::stage::StageError;
use crate::stats::clustered::share_of;
use crate::stats::design::{Design, whole};
use crate::stats::multiple::adjust_some;
use crate::stats::proportion::share;
use crate::stats::stratified::{Table, common_odds_ratio, is_informative, odds_ratio, same_odds_p, same_ratio};
use crate::stats::stratified_rows::{self, StratumRow};
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
    let (mut unknown, mut rows) = (0, Vec::new());
    for (row, code) in axis.grouping.codes.iter().enumerate() {
        let side = match *code as usize {
            g if g == group => 0,
            g if g == axis.reference => 2,
            _ => continue,
        };
        match strata.codes[row] {
            UNKNOWN => unknown += 1,
            stratum => {
                let (stratum, hit) = (stratum as usize, decisions.decision[row]);
                tables[stratum][side + usize::from(!hit)] += 1;
                rows.push(StratumRow { row, stratum, group: side == 0, hit });
            }
        }
    }
    let informative: Vec<Table> = tables.iter().copied().filter(is_informative).collect();
    let Odds { crude, common, p_raw, homogeneity } = match decisions.design.is_plain() {
        true => of_tables(&tables),
        false => of_rows(&decisions.design, &rows, &tables),
    };
    let met = || tables.iter().filter(|t| t.iter().sum::<u64>() > 0);
    Conditional {
        attribute: axis.name().to_owned(),
        columns: params.conditional_on.clone(),
        group: axis.labels()[group].clone(),
        reference: axis.reference_label(),
        strata: met().count() as u64,
        informative: informative.len() as u64,
        unknown,
        crude,
        p_raw,
        p_adjusted: None,
        homogeneity,
        common,
        tables: match met().count() <= params.most_groups as usize {
            true => listed(&strata.labels, &tables, &rows, &decisions.design),
            false => Vec::new(),
        },
    }
}

/// What the rows say about the odds.
struct Odds {
    crude: Estimate,
    common: Estimate,
    p_raw: Option<f64>,
    homogeneity: Option<Homogeneity>,
}

/// Of independent rows.
fn of_tables(tables: &[Table]) -> Odds {
    let all = tables.iter().fold([0; 4], |sum: Table, t| std::array::from_fn(|i| sum[i] + t[i]));
    let informative = || tables.iter().filter(|t| is_informative(t));
    let rows_of = |side: usize| informative().map(|t| t[side] + t[side + 1]).sum::<u64>();
    let enough = rows_of(0) >= FEWEST && rows_of(2) >= FEWEST;
    let common = match enough {
        true => common_odds_ratio(tables),
        false => Estimate::not_estimable(rows_of(0) + rows_of(2)),
    };
    let homogeneity = common.value.and_then(|ratio| same_ratio(tables, ratio));
    Odds {
        crude: odds_ratio(&all),
        p_raw: if enough { same_odds_p(tables) } else { None },
        homogeneity: homogeneity.map(|h| Homogeneity { statistic: h.statistic, degrees: h.degrees, p: h.p }),
        common,
    }
}

/// Of rows with weights or entities. The Breslow-Day test has no sound form for them.
fn of_rows(design: &Design, rows: &[StratumRow], tables: &[Table]) -> Odds {
    let informative: Vec<StratumRow> = rows.iter().copied().filter(|r| is_informative(&tables[r.stratum])).collect();
    let support = |group: bool| design.support(informative.iter().filter(|r| r.group == group).map(|r| r.row));
    let enough = whole(support(true).min(support(false))) >= FEWEST;
    Odds {
        crude: stratified_rows::odds_ratio(design, rows),
        common: match enough {
            true => stratified_rows::common_odds_ratio(design, rows, tables.len()),
            false => Estimate::not_estimable(informative.len() as u64),
        },
        p_raw: if enough { stratified_rows::same_odds_p(design, rows, tables.len()) } else { None },
        homogeneity: None,
    }
}

/// Rows of the group and of the reference, and whether they are hits.
type Members = [Vec<(usize, bool)>; 2];

fn listed(names: &[String], tables: &[Table], rows: &[StratumRow], design: &Design) -> Vec<Stratum> {
    let mut members: Vec<Members> = vec![Default::default(); tables.len()];
    if !design.is_plain() {
        rows.iter().for_each(|r| members[r.stratum][usize::from(!r.group)].push((r.row, r.hit)));
    }
    let rate = |hits: u64, misses: u64, own: &[(usize, bool)]| match hits + misses {
        n if design.is_plain() && n >= FEWEST => share(hits, n),
        n if design.is_plain() || whole(design.support(own.iter().map(|r| r.0))) < FEWEST => Estimate::not_estimable(n),
        _ => share_of(&own.iter().map(|r| r.1).collect::<Vec<_>>(), &design.take(own.iter().map(|r| r.0))),
    };
    let one = |((name, [a, b, c, d]), own): ((&String, &Table), &Members)| Stratum {
        name: name.clone(),
        n: a + b + c + d,
        rates: [rate(*a, *b, &own[0]), rate(*c, *d, &own[1])],
    };
    let mut out: Vec<Stratum> = names.iter().zip(tables).zip(&members).map(one).filter(|s| s.n > 0).collect();
    out.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.name.cmp(&b.name)));
    out
}
