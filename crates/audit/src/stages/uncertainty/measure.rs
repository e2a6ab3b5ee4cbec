//! Measures coverage and size of prediction sets and intervals.

use fine_table::Task;

use super::conformal::{Scores, Threshold};
use super::params::Params;
use super::report::{GroupCoverage, Law, Method, OwnThreshold, Report, SizeClass};
use super::split::{Split, scale};
use crate::estimate::Estimate;
use crate::groups::Grouping;
use crate::stage::{Context, StageError};
use crate::stats::clustered::{mean, share_of};
use crate::stats::describe::{bin_of, quantile_sorted, sorted};
use crate::stats::design::{Design, whole};
use crate::stats::multiple::adjust_some;
use crate::subject::Subject;

/// Below this many rows a coverage is not estimable.
const FEWEST: u64 = 10;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let failed = |id| StageError::Failed { id, detail: "the halves are too small".to_owned() };
    let split = Split::new(subject, params).map_err(failed)?;
    of_split(subject, params.target(), &split, ctx)
}

/// The report for given halves.
pub(super) fn of_split(subject: &Subject, target: f64, split: &Split, ctx: &Context<'_>) -> Result<Report, StageError> {
    let design = Design::of(subject);
    let bench = Bench { subject, target, split, design: &design, groups: groups(subject) };
    let (p, width) = (subject.prediction.scores.as_slice(), subject.prediction.width);
    let mut scale_source = None;
    let (scales, ones);
    let methods = match subject.task {
        Task::Regression => {
            let (of_rows, source) = scale(subject, split);
            scale_source = Some(source);
            (scales, ones) = (of_rows, vec![1.0; subject.rows()]);
            [
                ("normalised", Scores::Residual { predicted: p, scale: &scales }),
                ("absolute", Scores::Residual { predicted: p, scale: &ones }),
            ]
        }
        Task::Binary | Task::Multiclass => {
            [("lac", Scores::Lac { p, width }), ("aps", Scores::Aps { p, width, u: &split.u })]
        }
    };
    let mut measured = Vec::with_capacity(methods.len());
    for (done, (id, scores)) in methods.iter().enumerate() {
        ctx.tick(done as u64, methods.len() as u64)?;
        measured.push(bench.method(id, scores)?);
    }
    ctx.tick(methods.len() as u64, methods.len() as u64)?;
    Ok(Report {
        n: subject.rows() as u64,
        target,
        calibration_rows: split.calibration.len() as u64,
        test_rows: split.test.len() as u64,
        clustered: design.clusters().is_some(),
        sampling: Some(
            design.sampling(subject, if scale_source.is_some() { &["law", "scale-weights"] } else { &["law"] }),
        ),
        scale: scale_source,
        methods: measured,
    })
}

/// Rows of a group by their code in `codes`.
struct Group {
    attribute: Option<String>,
    name: String,
    rows: Vec<bool>,
}

/// Protected groups, then classes.
fn groups(subject: &Subject) -> Vec<Group> {
    let columns = subject.roles.protected.iter().filter_map(|name| subject.table.column(name));
    let protected = columns.flat_map(|column| {
        let grouping = Grouping::of(column);
        let member = |code: usize| grouping.codes.iter().map(|c| *c == code as u32).collect();
        let group = |(code, name): (usize, &String)| Group {
            attribute: Some(grouping.attribute.clone()),
            name: name.clone(),
            rows: member(code),
        };
        grouping.labels.iter().enumerate().map(group).collect::<Vec<_>>()
    });
    let class = |(k, name): (usize, &String)| Group {
        attribute: None,
        name: name.clone(),
        rows: subject.target.iter().map(|t| *t as usize == k).collect(),
    };
    protected.chain(subject.classes.iter().enumerate().map(class)).collect()
}

/// What every method is measured on.
struct Bench<'a> {
    subject: &'a Subject,
    target: f64,
    split: &'a Split,
    design: &'a Design,
    groups: Vec<Group>,
}

/// Hits and sizes of some rows under one threshold.
struct Outcome {
    coverage: Estimate,
    size: Estimate,
    hits: u64,
    /// Rows, or Kish's effective number of them.
    rows: u64,
}

impl Bench<'_> {
    fn weight(&self, row: u32) -> f64 {
        self.design.weight(row as usize)
    }

    /// The design of some rows.
    fn of(&self, rows: &[u32]) -> Design {
        self.design.take(rows.iter().map(|r| *r as usize))
    }

    fn method(&self, id: &str, scores: &Scores<'_>) -> Result<Method, StageError> {
        let (calibration, test) = (&self.split.calibration, &self.split.test);
        let threshold = self.threshold(scores, calibration).ok_or_else(|| StageError::Failed {
            id: "too-few-rows",
            detail: format!("{} rows cannot promise {}", calibration.len(), self.target),
        })?;
        let all = self.outcome(scores, &threshold, test);
        let law = threshold.law(all.rows);
        let (a, b) = threshold.shape();
        let part = |p| law.quantile(p) as f64 / all.rows.max(1) as f64;
        let sizes: Vec<f64> = test.iter().map(|r| scores.size(*r as usize, threshold.at(self.weight(*r)))).collect();
        let sets = self.subject.task != Task::Regression;
        let of_size = |wanted: f64| sets.then(|| self.share(test, |i, _| sizes[i] == wanted));
        Ok(Method {
            id: id.to_owned(),
            threshold: threshold.value,
            shortfall: self.shortfall(&all.coverage),
            law: Law { a, b, low: part(0.025), high: part(0.975), p: self.p(&threshold, &all) },
            size: all.size,
            coverage: all.coverage,
            singletons: of_size(1.0),
            empty: of_size(0.0),
            sizes: self.sizes(scores, &threshold, &sizes),
            groups: self.groups(scores, &threshold),
        })
    }

    fn score(&self, scores: &Scores<'_>, row: u32) -> f64 {
        scores.of(row as usize, self.subject.target[row as usize])
    }

    fn threshold(&self, scores: &Scores<'_>, rows: &[u32]) -> Option<Threshold> {
        if self.design.weights().is_none() {
            return Threshold::of(rows.iter().map(|r| self.score(scores, *r)).collect(), self.target);
        }
        let heaviest = self.split.test.iter().map(|r| self.weight(*r)).fold(0.0, f64::max);
        let weighed = rows.iter().map(|r| (self.score(scores, *r), self.weight(*r))).collect();
        Threshold::of_weighted(weighed, self.target, heaviest)
    }

    /// Share of rows for which `hit(place, row)` holds, with the interval.
    fn share(&self, rows: &[u32], hit: impl Fn(usize, u32) -> bool) -> Estimate {
        let hits: Vec<bool> = rows.iter().enumerate().map(|(i, r)| hit(i, *r)).collect();
        share_of(&hits, &self.of(rows))
    }

    fn outcome(&self, scores: &Scores<'_>, threshold: &Threshold, rows: &[u32]) -> Outcome {
        let held = |r: u32| self.score(scores, r) <= threshold.at(self.weight(r));
        let effective = self.design.kish(rows.iter().map(|r| *r as usize));
        let few = whole(effective) < FEWEST;
        let none = || Estimate::not_estimable(rows.len() as u64);
        let sizes: Vec<f64> = rows.iter().map(|r| scores.size(*r as usize, threshold.at(self.weight(*r)))).collect();
        Outcome {
            coverage: if few { none() } else { self.share(rows, |_, r| held(r)) },
            size: if few { none() } else { mean(&sizes, &self.of(rows)) },
            hits: rows.iter().filter(|r| held(**r)).count() as u64,
            rows: whole(effective),
        }
    }

    /// `target - coverage`.
    fn shortfall(&self, coverage: &Estimate) -> Estimate {
        let turn = |v: Option<f64>| v.map(|v| self.target - v);
        Estimate { value: turn(coverage.value), low: turn(coverage.high), high: turn(coverage.low), ..coverage.clone() }
    }

    /// P(so few hits or fewer) by the law of the threshold.
    fn p(&self, threshold: &Threshold, outcome: &Outcome) -> Option<f64> {
        let made = self.design.is_plain() && outcome.coverage.value.is_some();
        made.then(|| threshold.law(outcome.rows).cdf(outcome.hits))
    }

    /// Weighted share of some of the test rows.
    fn share_of_test(&self, rows: &[u32]) -> f64 {
        let total = |rows: &[u32]| rows.iter().map(|r| self.weight(*r)).sum::<f64>();
        if rows.is_empty() { 0.0 } else { total(rows) / total(&self.split.test) }
    }

    /// Sets by their number of classes, intervals by the quarters of their widths.
    fn sizes(&self, scores: &Scores<'_>, threshold: &Threshold, sizes: &[f64]) -> Vec<SizeClass> {
        let mut ascending = sorted(sizes);
        let at = |q: f64| quantile_sorted(&ascending, q);
        let mut edges: Vec<f64> = match self.subject.task {
            Task::Regression => [0.25, 0.5, 0.75, 1.0].map(at).to_vec(),
            Task::Binary | Task::Multiclass => {
                ascending.dedup();
                ascending
            }
        };
        edges.dedup();
        let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); edges.len()];
        for (row, size) in self.split.test.iter().zip(sizes) {
            rows[bin_of(&edges[..edges.len() - 1], *size)].push((*row, *size));
        }
        let class = |rows: &Vec<(u32, f64)>| {
            let members: Vec<u32> = rows.iter().map(|r| r.0).collect();
            SizeClass {
                low: rows.iter().map(|r| r.1).fold(f64::INFINITY, f64::min),
                high: rows.iter().map(|r| r.1).fold(0.0, f64::max),
                share: self.share_of_test(&members),
                coverage: self.outcome(scores, threshold, &members).coverage,
            }
        };
        rows.iter().filter(|r| !r.is_empty()).map(class).collect()
    }

    fn groups(&self, scores: &Scores<'_>, threshold: &Threshold) -> Vec<GroupCoverage> {
        let of = |group: &Group, rows: &[u32]| -> Vec<u32> {
            rows.iter().copied().filter(|r| group.rows[*r as usize]).collect()
        };
        let (mut out, mut common, mut own) = (Vec::new(), Vec::new(), Vec::new());
        for group in &self.groups {
            let test = of(group, &self.split.test);
            let outcome = self.outcome(scores, threshold, &test);
            common.push(self.p(threshold, &outcome));
            let threshold_of_own = self.threshold(scores, &of(group, &self.split.calibration));
            let with_own = threshold_of_own.map(|t| {
                let outcome = self.outcome(scores, &t, &test);
                (t, outcome)
            });
            own.push(with_own.as_ref().and_then(|(t, o)| self.p(t, o)));
            out.push(GroupCoverage {
                attribute: group.attribute.clone(),
                group: group.name.clone(),
                share: self.share_of_test(&test),
                shortfall: self.shortfall(&outcome.coverage),
                coverage: outcome.coverage,
                p: None,
                size: outcome.size,
                own: with_own.map(|(t, o)| OwnThreshold {
                    calibration_rows: t.rows,
                    threshold: t.value,
                    coverage: o.coverage,
                    p: None,
                    size: o.size,
                }),
            });
        }
        for (group, (common, own)) in out.iter_mut().zip(adjust_some(&common).into_iter().zip(adjust_some(&own))) {
            group.p = common;
            if let Some(with_own) = &mut group.own {
                with_own.p = own;
            }
        }
        out
    }
}
