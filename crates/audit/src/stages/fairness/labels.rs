//! More than two classes: how predicted classes are distributed.

use super::axes::Axis;
use super::binary::rate;
use super::counts::{Counts, FEWEST, Rate};
use super::gaps::{self, OF_A_CLASS, Raw};
use super::report::{ClassGap, LabelFairness, LabelGroup, OneVsRest, OneVsRestGroup};
use crate::estimate::Estimate;
use crate::groups::UNKNOWN;
use crate::stats::bootstrap::cells;
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

    /// Hits as true positives, all other rows as false ones.
    fn hits(&self) -> Counts {
        let hits: u64 = (0..self.classes).map(|c| self.counts[c * self.classes + c]).sum();
        [hits, self.counts.iter().sum::<u64>() - hits, 0, 0]
    }

    /// One class against all others.
    fn against_rest(&self, class: usize) -> Counts {
        let hit = self.counts[class * self.classes + class];
        let (predicted, truth) = (self.predicted()[class], self.truth()[class]);
        let all: u64 = self.counts.iter().sum();
        [hit, predicted - hit, truth - hit, all + hit - predicted - truth]
    }
}

/// Everything about one attribute or intersection but what is predicted anew.
pub(super) fn attribute(subject: &Subject, axis: &Axis) -> Measured {
    let (names, labels) = (&subject.classes, axis.labels());
    let groups = confusions(subject, axis);
    let topic = |what: &str| format!("fairness/{}/{what}", axis.name());
    let distance = |of: &dyn Fn(&Confusion) -> Vec<u64>, what: &str| {
        label_distance(labels, &groups.iter().map(of).collect::<Vec<_>>(), subject.seed, &topic(what))
    };
    let hits: Vec<Counts> = groups.iter().map(Confusion::hits).collect();
    let mut gaps = vec![distance(&Confusion::predicted, "labels")];
    gaps.extend(gaps::rates(labels, &hits, &[("accuracy_diff", Rate::Accuracy)], subject.seed, &topic("accuracy")));
    gaps.extend((0..names.len()).map(|truth| distance(&|c| c.given(truth), &format!("given/{truth}"))));
    let mut classes = Vec::with_capacity(names.len());
    for (class, name) in names.iter().enumerate() {
        let counts: Vec<Counts> = groups.iter().map(|g| g.against_rest(class)).collect();
        gaps.extend(gaps::rates(labels, &counts, &OF_A_CLASS, subject.seed, &topic(&format!("class/{class}"))));
        let groups = labels.iter().zip(&counts).map(|(group, c)| OneVsRestGroup {
            group: group.clone(),
            selection_rate: rate(Rate::Selection, c),
            tpr: rate(Rate::Tpr, c),
            fpr: rate(Rate::Fpr, c),
        });
        classes.push(OneVsRest { class: name.clone(), groups: groups.collect(), gaps: Vec::new() });
    }
    let report = LabelFairness {
        attribute: axis.name().to_owned(),
        of: axis.of.clone(),
        edges: axis.grouping.edges.clone(),
        unknown: axis.grouping.unknown(),
        reference: axis.reference_label(),
        labels: names.clone(),
        groups: labels.iter().zip(&groups).map(|(label, c)| group(axis, label, c)).collect(),
        gaps: Vec::new(),
        given: Vec::new(),
        classes,
        flip_rate: None,
        proxy_flip_rate: None,
    };
    Measured { report, gaps }
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

fn group(axis: &Axis, label: &str, confusion: &Confusion) -> LabelGroup {
    let n = confusion.counts.iter().sum();
    let (share, small) = axis.share(n);
    LabelGroup {
        group: label.to_owned(),
        n,
        share,
        small,
        predicted: confusion.predicted(),
        truth: confusion.truth(),
        accuracy: rate(Rate::Accuracy, &confusion.hits()),
    }
}

/// Largest total variation distance between the classes of two groups (of at least [`FEWEST`] rows each), with a stratified
/// bootstrap of these two and the test of equal shares.
fn label_distance(labels: &[String], counts: &[Vec<u64>], seed: u64, topic: &str) -> Raw {
    let id = "label_distance";
    let known: Vec<usize> = (0..counts.len()).filter(|g| counts[*g].iter().sum::<u64>() >= FEWEST).collect();
    let floats: Vec<Vec<f64>> = counts.iter().map(|c| c.iter().map(|v| *v as f64).collect()).collect();
    let pairs = known.iter().enumerate().flat_map(|(i, a)| known[i + 1..].iter().map(move |b| (*a, *b)));
    let farthest = pairs
        .map(|(a, b)| (a, b, total_variation(&floats[a], &floats[b])))
        .reduce(|best, next| if next.2 > best.2 { next } else { best });
    let Some((a, b, _)) = farthest else {
        return gaps::plain(id, Estimate::not_estimable(counts.iter().flatten().sum()), None);
    };
    let classes = counts[a].len();
    let distance = |c: &[f64]| vec![total_variation(&c[..classes], &c[classes..])];
    let both = [counts[a].as_slice(), counts[b].as_slice()].concat();
    let e = cells(&both, &[classes, classes], seed, topic, distance).swap_remove(0);
    // Chance moves shares apart, so that the replicates of a small distance can all lie above it.
    let low = e.low.map(|low| e.value.map_or(low, |value| low.min(value)));
    let p = same_shares(&counts[a], &counts[b]);
    let pairs = (known.len() * (known.len() - 1) / 2) as u64;
    let names = [labels[b].clone(), labels[a].clone()];
    gaps::tested(id, gaps::not_negative(&Estimate { low, ..e }), names, p, pairs, true)
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
