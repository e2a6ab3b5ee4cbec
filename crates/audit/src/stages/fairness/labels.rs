//! More than two classes: how predicted classes are distributed.

use super::axes::Axis;
use super::counts::{FEWEST, Rate};
use super::gaps::{self, OF_A_CLASS, Raw};
use super::outcomes::{Outcomes, resampled};
use super::report::{ClassGap, LabelFairness, LabelGroup, OneVsRest, OneVsRestGroup};
use crate::estimate::Estimate;
use crate::groups::UNKNOWN;
use crate::stage::StageError;
use crate::stats::bootstrap::{cells, share_beyond};
use crate::stats::design::{Design, whole};
use crate::stats::distance::total_variation;
use crate::stats::homogeneity::same_shares;
use crate::subject::Subject;

/// One attribute or intersection before the adjustment of p-values.
pub(super) struct Measured {
    report: LabelFairness,
    /// Of the attribute, given each class, and three of each class against the rest.
    gaps: Vec<Raw>,
}

/// Rows of one group by true class, then predicted class.
struct Confusion {
    classes: usize,
    counts: Vec<u64>,
}

impl Confusion {
    fn predicted(&self) -> Vec<u64> {
        (0..self.classes).map(|p| (0..self.classes).map(|t| self.counts[t * self.classes + p]).sum()).collect()
    }

    fn given(&self, truth: usize) -> Vec<u64> {
        self.counts[truth * self.classes..][..self.classes].to_vec()
    }

    fn truth(&self) -> Vec<u64> {
        (0..self.classes).map(|t| self.given(t).iter().sum()).collect()
    }
}

/// Rows of every group with their predicted class.
struct Classed<'a> {
    labels: &'a [String],
    design: &'a Design,
    rows: Vec<Vec<(usize, usize)>>,
    classes: usize,
    seed: u64,
}

/// Everything about one attribute or intersection but what is predicted anew. `tick` is called while replicates are drawn row
/// by row.
///
/// # Errors
/// What `tick` returns.
pub(super) fn attribute(
    subject: &Subject,
    axis: &Axis,
    design: &Design,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Measured, StageError> {
    let (names, labels) = (&subject.classes, axis.labels());
    let (truth, predicted) =
        (|row: usize| subject.target[row] as usize, |row: usize| subject.prediction.labels[row] as usize);
    let topic = |what: &str| format!("fairness/{}/{what}", axis.name());
    let rows = axis.rows();
    let distance = |inside: &dyn Fn(usize) -> bool, what: &str| {
        let of = |rows: &Vec<usize>| {
            rows.iter().copied().filter(|row| inside(*row)).map(|row| (row, predicted(row))).collect()
        };
        let rows = rows.iter().map(of).collect();
        Classed { labels, design, rows, classes: names.len(), seed: subject.seed }.distance(&topic(what), &tick)
    };
    let hits = Outcomes::new(design, &rows, |row| usize::from(truth(row) != predicted(row)));
    let mut gaps = vec![distance(&|_| true, "labels")?];
    let accuracy = [("accuracy_diff", Rate::Accuracy)];
    gaps.extend(gaps::rates(labels, &hits, &accuracy, subject.seed, &topic("accuracy"), &tick)?);
    for class in 0..names.len() {
        gaps.push(distance(&|row| truth(row) == class, &format!("given/{class}"))?);
    }
    let mut classes = Vec::with_capacity(names.len());
    for (class, name) in names.iter().enumerate() {
        let outcome = |row: usize| match (truth(row) == class, predicted(row) == class) {
            (true, true) => 0,
            (false, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
        };
        let outcomes = Outcomes::new(design, &rows, outcome);
        gaps.extend(gaps::rates(
            labels,
            &outcomes,
            &OF_A_CLASS,
            subject.seed,
            &topic(&format!("class/{class}")),
            &tick,
        )?);
        let groups = labels.iter().enumerate().map(|(g, group)| OneVsRestGroup {
            group: group.clone(),
            selection_rate: outcomes.rate(g, Rate::Selection),
            tpr: outcomes.rate(g, Rate::Tpr),
            fpr: outcomes.rate(g, Rate::Fpr),
        });
        classes.push(OneVsRest { class: name.clone(), groups: groups.collect(), gaps: Vec::new() });
    }
    let confusions = confusions(subject, axis);
    let group = |(g, label): (usize, &String)| {
        let (share, small) = axis.share(&rows[g], design);
        LabelGroup {
            group: label.clone(),
            n: rows[g].len() as u64,
            share,
            small,
            predicted: confusions[g].predicted(),
            predicted_shares: shares(design, &rows[g], names.len(), predicted),
            truth: confusions[g].truth(),
            accuracy: hits.rate(g, Rate::Accuracy),
        }
    };
    let report = LabelFairness {
        attribute: axis.name().to_owned(),
        of: axis.of.clone(),
        edges: axis.grouping.edges.clone(),
        unknown: axis.grouping.unknown(),
        reference: axis.reference_label(),
        labels: names.clone(),
        groups: labels.iter().enumerate().map(group).collect(),
        gaps: Vec::new(),
        given: Vec::new(),
        classes,
        flip_rate: None,
        proxy_flip_rate: None,
    };
    Ok(Measured { report, gaps })
}

fn confusions(subject: &Subject, axis: &Axis) -> Vec<Confusion> {
    let classes = subject.classes.len();
    let mut out: Vec<Confusion> =
        axis.labels().iter().map(|_| Confusion { classes, counts: vec![0; classes * classes] }).collect();
    for (row, group) in axis.grouping.codes.iter().enumerate().filter(|c| *c.1 != UNKNOWN) {
        let (truth, predicted) = (subject.target[row] as usize, subject.prediction.labels[row] as usize);
        out[*group as usize].counts[truth * classes + predicted] += 1;
    }
    out
}

/// Weighted share of each class among some rows.
fn shares(design: &Design, rows: &[usize], classes: usize, class: impl Fn(usize) -> usize) -> Vec<f64> {
    let mut sums = vec![0.0; classes];
    rows.iter().for_each(|row| sums[class(*row)] += design.weight(*row));
    let all: f64 = sums.iter().sum();
    sums.iter().map(|s| if all > 0.0 { s / all } else { 0.0 }).collect()
}

impl Classed<'_> {
    /// Largest total variation distance between the classes of two groups (of at least [`FEWEST`] rows each, or effective
    /// ones), with a bootstrap of these two and the test of equal shares.
    fn distance(&self, topic: &str, tick: impl Fn(usize) -> Result<(), StageError>) -> Result<Raw, StageError> {
        let id = "label_distance";
        let weighed = |rows: &Vec<(usize, usize)>| {
            let mut sums = vec![0.0; self.classes];
            rows.iter().for_each(|(row, class)| sums[*class] += self.design.weight(*row));
            sums
        };
        let sums: Vec<Vec<f64>> = self.rows.iter().map(weighed).collect();
        let enough = |g: &usize| whole(self.design.support(self.rows[*g].iter().map(|r| r.0))) >= FEWEST;
        let known: Vec<usize> = (0..self.rows.len()).filter(enough).collect();
        let pairs = known.iter().enumerate().flat_map(|(i, a)| known[i + 1..].iter().map(move |b| (*a, *b)));
        let farthest = pairs
            .map(|(a, b)| (a, b, total_variation(&sums[a], &sums[b])))
            .reduce(|best, next| if next.2 > best.2 { next } else { best });
        let Some((a, b, _)) = farthest else {
            let n = self.rows.iter().map(|r| r.len() as u64).sum();
            return Ok(gaps::plain(id, Estimate::not_estimable(n), None));
        };
        let (e, p) = match self.design.is_plain() {
            true => self.of_counts(a, b, topic),
            false => self.of_rows(a, b, topic, tick)?,
        };
        // Chance moves shares apart, so that the replicates of a small distance can all lie above it.
        let low = e.low.map(|low| e.value.map_or(low, |value| low.min(value)));
        let pairs = (known.len() * (known.len() - 1) / 2) as u64;
        let names = [self.labels[b].clone(), self.labels[a].clone()];
        Ok(gaps::tested(id, gaps::not_negative(&Estimate { low, ..e }), names, p, pairs, true))
    }

    /// Of independent rows: the counts are resampled within groups; chi-squared test.
    fn of_counts(&self, a: usize, b: usize, topic: &str) -> (Estimate, Option<f64>) {
        let classes = self.classes;
        let counts = |g: usize| {
            let mut counts = vec![0u64; classes];
            self.rows[g].iter().for_each(|r| counts[r.1] += 1);
            counts
        };
        let (first, second) = (counts(a), counts(b));
        let distance = |c: &[f64]| vec![total_variation(&c[..classes], &c[classes..])];
        let both = [first.as_slice(), second.as_slice()].concat();
        let e = cells(&both, &[classes, classes], self.seed, topic, distance).swap_remove(0);
        (e, same_shares(&first, &second))
    }

    /// Of weighted rows or entities: these are resampled. The p-value is the share of replicates in which the shares move as
    /// far from those of the data as the groups are apart, what no difference at all would show too.
    fn of_rows(
        &self,
        a: usize,
        b: usize,
        topic: &str,
        tick: impl Fn(usize) -> Result<(), StageError>,
    ) -> Result<(Estimate, Option<f64>), StageError> {
        let places: Vec<(usize, usize)> = [a, b]
            .iter()
            .enumerate()
            .flat_map(|(side, g)| self.rows[*g].iter().map(move |(row, class)| (*row, side * self.classes + class)))
            .collect();
        let design = self.design.take(places.iter().map(|p| p.0));
        let apart = |weights: &[f64]| -> Vec<f64> {
            let mut sums = vec![0.0; 2 * self.classes];
            places.iter().zip(weights).for_each(|((_, cell), w)| sums[*cell] += w);
            let total = |side: &[f64]| side.iter().sum::<f64>();
            let (first, second) = sums.split_at(self.classes);
            let totals = [total(first), total(second)];
            first.iter().zip(second).map(|(p, q)| p / totals[0] - q / totals[1]).collect()
        };
        let half = |apart: &[f64], from: &[f64]| apart.iter().zip(from).map(|(d, o)| (d - o).abs()).sum::<f64>() / 2.0;
        let none = vec![0.0; self.classes];
        let rows = resampled(&design, self.seed, topic);
        let e = rows.estimates(|w| vec![half(&apart(w), &none)], tick)?.swap_remove(0);
        let observed = apart(&places.iter().map(|p| self.design.weight(p.0)).collect::<Vec<_>>());
        let replicates = rows.replicates(|w| half(&apart(w), &observed));
        let p = e.value.and_then(|value| share_beyond(&replicates, value));
        Ok((e, p))
    }
}

/// One family over all attributes and intersections.
pub(super) fn adjusted(measured: Vec<Measured>) -> Vec<LabelFairness> {
    let (reports, raw): (Vec<_>, Vec<_>) = measured.into_iter().map(|m| (m.report, m.gaps)).unzip();
    let finish = |(mut report, gaps): (LabelFairness, Vec<super::report::Gap>)| {
        let mut gaps = gaps.into_iter();
        report.gaps = gaps.by_ref().take(2).collect();
        let given = gaps.by_ref().take(report.labels.len()).collect::<Vec<_>>();
        report.given = report.labels.iter().cloned().zip(given).map(|(class, gap)| ClassGap { class, gap }).collect();
        report.classes.iter_mut().for_each(|c| c.gaps = gaps.by_ref().take(OF_A_CLASS.len()).collect());
        report
    };
    reports.into_iter().zip(gaps::family(raw)).map(finish).collect()
}
