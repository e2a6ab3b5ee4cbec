//! Thresholds by group that keep a rate equal between groups at the best accuracy (Hardt, Price and Srebro 2016), as
//! fairlearn's `ThresholdOptimizer` finds them: on the upper convex hull of what thresholds reach, over a grid of 1 000
//! steps of the rate.

use super::report::{Cut, Rule};

/// Steps of the rate that is equal in all groups.
const GRID: usize = 1000;

/// What is to be equal in all groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Equal {
    /// Selection rate (demographic parity).
    Selection,
    /// True positive rate (equal opportunity).
    TruePositives,
    /// True and false positive rate (equalized odds).
    Odds,
}

/// Scores and truths of one group.
pub(super) struct Scored {
    pub(super) group: String,
    /// Score, whether the truth is favourable, and weight; both truths must occur.
    pub(super) rows: Vec<(f64, bool, f64)>,
}

impl Scored {
    fn weight(&self, counts: impl Fn(bool) -> bool) -> f64 {
        weight(&self.rows, counts)
    }
}

fn weight(rows: &[(f64, bool, f64)], counts: impl Fn(bool) -> bool) -> f64 {
    rows.iter().filter(|r| counts(r.1)).map(|r| r.2).sum()
}

/// What one threshold reaches.
#[derive(Clone, Copy, Debug)]
struct Point {
    x: f64,
    y: f64,
    cut: Cut,
}

/// A place on a hull: between its two neighbours, the second with probability `mix`.
struct Between {
    y: f64,
    cuts: [Cut; 2],
    mix: f64,
}

/// Rules of each group, in order.
pub(super) fn rules(groups: &[Scored], equal: Equal) -> Vec<Rule> {
    let hulls: Vec<Vec<Point>> = groups.iter().map(|g| hull(&g.rows, equal)).collect();
    let total: f64 = groups.iter().map(|g| g.weight(|_| true)).sum();
    let positives: f64 = groups.iter().map(|g| g.weight(|truth| truth)).sum();
    let share = |weight: f64| weight / total;
    let accuracy = |x: f64| match equal {
        Equal::Selection | Equal::TruePositives => {
            groups.iter().zip(&hulls).map(|(g, hull)| share(g.weight(|_| true)) * at(hull, x).y).sum()
        }
        Equal::Odds => {
            let lowest = hulls.iter().map(|hull| at(hull, x).y).fold(f64::INFINITY, f64::min);
            share(total - positives) * (1.0 - x) + share(positives) * lowest
        }
    };
    let best = (0..=GRID).map(|step| step as f64 / GRID as f64).map(|x| (x, accuracy(x)));
    let x = best.reduce(|a, b| if b.1 > a.1 { b } else { a }).map_or(0.0, |b| b.0);
    let lowest = hulls.iter().map(|hull| at(hull, x).y).fold(f64::INFINITY, f64::min);
    let rule = |(g, hull): (&Scored, &Vec<Point>)| {
        let found = at(hull, x);
        // Equalized odds comes down from the hull to the lowest one by deciding some rows by chance.
        let above = found.y - x;
        let ignored = if equal == Equal::Odds && above != 0.0 { (found.y - lowest) / above } else { 0.0 };
        let constant = if equal == Equal::Odds { x } else { 0.0 };
        Rule { group: g.group.clone(), cuts: found.cuts, mix: found.mix, ignored, constant }
    };
    groups.iter().zip(&hulls).map(rule).collect()
}

/// Probability that a score is selected.
pub(super) fn selected(rule: &Rule, score: f64) -> f64 {
    let passes = |cut: Cut| match cut {
        Cut::Nobody => 0.0,
        Cut::Everybody => 1.0,
        Cut::Above(least) => f64::from(u8::from(score > least)),
    };
    let [first, second] = rule.cuts.map(passes);
    rule.ignored * rule.constant + (1.0 - rule.ignored) * ((1.0 - rule.mix) * first + rule.mix * second)
}

/// Upper convex hull of all thresholds: the accuracy by the rate that is to be equal, or the ROC curve.
fn hull(rows: &[(f64, bool, f64)], equal: Equal) -> Vec<Point> {
    let mut points = points(rows, equal);
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let mut out: Vec<Point> = Vec::new();
    for next in points {
        while let [.., before, last] = out[..] {
            if (last.y - before.y) * (next.x - before.x) > (next.y - before.y) * (last.x - before.x) {
                break;
            }
            out.pop();
        }
        out.push(next);
    }
    out
}

/// One point a threshold: above all scores, between two neighbouring ones, below all.
fn points(rows: &[(f64, bool, f64)], equal: Equal) -> Vec<Point> {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let n = weight(&sorted, |_| true);
    let positives = weight(&sorted, |truth| truth);
    let negatives = n - positives;
    let place = |tp: f64, fp: f64, cut: Cut| {
        let accuracy = (tp + negatives - fp) / n;
        let (x, y) = match equal {
            Equal::Selection => ((tp + fp) / n, accuracy),
            Equal::TruePositives => (tp / positives, accuracy),
            Equal::Odds => (fp / negatives, tp / positives),
        };
        Point { x, y, cut }
    };
    let mut out = vec![place(0.0, 0.0, Cut::Nobody)];
    let (mut tp, mut fp, mut i) = (0.0, 0.0, 0);
    while i < sorted.len() {
        let score = sorted[i].0;
        while let Some(row) = sorted.get(i).filter(|row| row.0 == score) {
            *(if row.1 { &mut tp } else { &mut fp }) += row.2;
            i += 1;
        }
        let cut = sorted.get(i).map_or(Cut::Everybody, |next| Cut::Above((score + next.0) / 2.0));
        out.push(place(tp, fp, cut));
    }
    out
}

/// The hull at a rate: between the last point below it and the next.
fn at(hull: &[Point], x: f64) -> Between {
    let mut i = hull.partition_point(|p| p.x <= x).saturating_sub(1);
    if i > 0 && hull[i].x == x && x > 0.0 {
        i -= 1;
    }
    let (a, b) = (hull[i], hull[(i + 1).min(hull.len() - 1)]);
    let first = if b.x > a.x { (b.x - x) / (b.x - a.x) } else { 0.0 };
    Between { y: first * a.y + (1.0 - first) * b.y, cuts: [a.cut, b.cut], mix: 1.0 - first }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `base` above 1 makes favourable truths rarer.
    fn group(name: &str, shift: f64, base: f64) -> Scored {
        let u = crate::fixture::spread(400, 0.2);
        let noise = crate::fixture::spread(400, 0.7);
        let rows =
            (0..400).map(|i| ((u[i] + shift).clamp(0.0, 1.0), noise[(i * 7) % 400] < u[i].powf(base), 1.0)).collect();
        Scored { group: name.to_owned(), rows }
    }

    fn expected(group: &Scored, rule: &Rule, counts: impl Fn(bool) -> bool) -> f64 {
        let of: Vec<f64> = group.rows.iter().filter(|r| counts(r.1)).map(|r| selected(rule, r.0)).collect();
        of.iter().sum::<f64>() / of.len() as f64
    }

    #[test]
    fn the_rate_that_is_to_be_equal_is_equal_where_the_rules_were_set() {
        let groups = [group("a", 0.0, 1.0), group("b", -0.2, 1.0), group("c", 0.3, 3.0)];
        let spread = |equal: Equal, counts: fn(bool) -> bool| {
            let rules = rules(&groups, equal);
            let rates: Vec<f64> = groups.iter().zip(&rules).map(|(g, r)| expected(g, r, counts)).collect();
            rates.iter().copied().fold(0.0, f64::max) - rates.iter().copied().fold(1.0, f64::min)
        };
        assert!(spread(Equal::Selection, |_| true) < 1e-9);
        assert!(spread(Equal::TruePositives, |truth| truth) < 1e-9);
        assert!(spread(Equal::Odds, |truth| truth) < 1e-9 && spread(Equal::Odds, |truth| !truth) < 1e-9);
        assert!(spread(Equal::Selection, |truth| truth) > 0.001, "another rate need not be");
    }

    #[test]
    fn groups_that_are_alike_share_one_rule() {
        let rules = rules(&[group("a", 0.0, 1.0), group("b", 0.0, 1.0)], Equal::Selection);
        assert_eq!((rules[0].cuts, rules[0].mix), (rules[1].cuts, rules[1].mix));
    }
}
