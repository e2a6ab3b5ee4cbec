//! Features in few bins that people can name: what slices, heat maps and small trees are made of.

pub(crate) mod tree;

use std::collections::HashMap;

use fine_table::{Column, MISSING, NumberKind, Values};

use crate::finding::Predicate;
use crate::stats::describe::{bin_of, quantile_sorted, sorted};

/// Code of a category that the bins do not know.
pub(crate) const NO_BIN: u32 = u32::MAX;
/// Categories kept by name; the rarer ones are one bin.
const MOST_CATEGORIES: usize = 100;

/// One feature in bins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Feature {
    /// Column name.
    pub(crate) name: String,
    /// The bins: numbers ascending, categories by falling size; then the rare values together, then the missing ones.
    pub(crate) bins: Vec<Bin>,
    /// Bins of numbers, which lie in order before the others; 0 for categories.
    pub(crate) ordered: usize,
    /// Bin of each row.
    pub(crate) codes: Vec<u32>,
    edges: Vec<f64>,
}

/// What the rows of a bin have in common.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bin {
    /// Numbers, both ends observed and inside.
    Range(f64, f64),
    /// One value, as a person would write it; its number where it is one.
    Value(String, f64),
    /// All values that are too rare for a bin of their own.
    Rare,
    /// No value, or a number that is not finite.
    Missing,
}

impl Feature {
    /// Bins of a column: numbers by value when there are at most `most` distinct ones, else at `most` quantiles (type 7,
    /// upper edge inside, equal edges once); categories by value where at least `least` rows have it. `None` for times and
    /// when fewer than two bins would have rows.
    pub(crate) fn of(column: &Column, most: usize, least: usize) -> Option<Self> {
        let mut feature = match &column.values {
            Values::Number { kind: NumberKind::Time, .. } => return None,
            Values::Number { values, .. } => Self::numbers(column, values, most),
            Values::Text { codes, dictionary } => Self::categories(&column.name, codes, dictionary, least),
        };
        feature.bins.push(Bin::Missing);
        feature.codes = feature.encode(column);
        feature.drop_empty();
        (feature.bins.len() > 1).then_some(feature)
    }

    fn numbers(column: &Column, values: &[f64], most: usize) -> Self {
        let known = sorted(&values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<_>>());
        let mut distinct = known.clone();
        distinct.dedup();
        let edges = if distinct.len() <= most.max(2) {
            distinct.clone()
        } else {
            let mut edges: Vec<f64> = (1..most)
                .map(|q| quantile_sorted(&known, q as f64 / most as f64))
                .chain(known.last().copied())
                .collect();
            edges.dedup();
            edges
        };
        let place = |v: f64| distinct.partition_point(|d| *d < v);
        let mut start = 0;
        let mut bins = Vec::with_capacity(edges.len());
        for edge in &edges {
            let end = distinct.partition_point(|d| d <= edge);
            if end > start {
                let (low, high) = (distinct[start], distinct[end - 1]);
                let label = || values.iter().position(|v| *v == low).and_then(|r| column.display_at(r));
                bins.push(if place(low) == place(high) {
                    Bin::Value(label().unwrap_or_default(), low)
                } else {
                    Bin::Range(low, high)
                });
            }
            start = end;
        }
        let edges = bins.iter().map(|b| if let Bin::Range(_, v) | Bin::Value(_, v) = b { *v } else { 0.0 }).collect();
        Self { name: column.name.clone(), ordered: bins.len(), bins, codes: Vec::new(), edges }
    }

    fn categories(name: &str, codes: &[u32], dictionary: &[String], least: usize) -> Self {
        let mut sizes = vec![0usize; dictionary.len()];
        codes.iter().filter(|c| **c != MISSING).for_each(|c| sizes[*c as usize] += 1);
        let mut order: Vec<usize> = (0..sizes.len()).filter(|c| sizes[*c] > 0).collect();
        order.sort_by(|a, b| sizes[*b].cmp(&sizes[*a]).then_with(|| dictionary[*a].cmp(&dictionary[*b])));
        let kept = order.iter().take(MOST_CATEGORIES).filter(|c| sizes[**c] >= least).count();
        // One rare value alone keeps its name.
        let kept = if order.len() == kept + 1 { order.len() } else { kept };
        let mut bins: Vec<Bin> = order[..kept].iter().map(|c| Bin::Value(dictionary[*c].clone(), f64::NAN)).collect();
        if kept < order.len() {
            bins.push(Bin::Rare);
        }
        Self { name: name.to_owned(), ordered: 0, bins, codes: Vec::new(), edges: Vec::new() }
    }

    /// The bin of each row of a column of the same kind; [`NO_BIN`] where none fits.
    pub(crate) fn encode(&self, column: &Column) -> Vec<u32> {
        let of = |wanted: Bin| self.bins.iter().position(|b| *b == wanted).map_or(NO_BIN, |b| b as u32);
        let (missing, rare) = (of(Bin::Missing), of(Bin::Rare));
        match &column.values {
            Values::Number { values, .. } => {
                let bin =
                    |v: f64| if v.is_finite() { bin_of(&self.edges, v).min(self.ordered - 1) as u32 } else { missing };
                values.iter().map(|v| if self.ordered > 0 { bin(*v) } else { missing }).collect()
            }
            Values::Text { codes, dictionary } => {
                let named = self.bins.iter().enumerate().filter_map(|(i, b)| match b {
                    Bin::Value(name, _) => Some((name.as_str(), i as u32)),
                    _ => None,
                });
                let named: HashMap<&str, u32> = named.collect();
                let bins: Vec<u32> = dictionary.iter().map(|d| *named.get(d.as_str()).unwrap_or(&rare)).collect();
                codes.iter().map(|c| bins.get(*c as usize).copied().unwrap_or(missing)).collect()
            }
        }
    }

    /// Takes away bins without rows (only that of the missing values can be).
    fn drop_empty(&mut self) {
        let last = self.bins.len() as u32 - 1;
        if !self.codes.contains(&last) {
            self.bins.pop();
        }
    }

    /// The rows of one bin, both ends of a range said.
    pub(crate) fn predicate(&self, bin: usize) -> Predicate {
        self.describe(&[bin], false)
    }

    /// The rows of several bins, ascending; at the outer ends of the numbers a range is `open`.
    pub(crate) fn describe(&self, bins: &[usize], open: bool) -> Predicate {
        let mut p = Predicate { feature: self.name.clone(), ..Predicate::default() };
        let numbers: Vec<usize> = bins.iter().copied().filter(|b| *b < self.ordered).collect();
        if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
            match (&self.bins[*first], first == last) {
                (Bin::Value(name, _), true) => p.values.push(name.clone()),
                (Bin::Range(low, _) | Bin::Value(_, low), _) => {
                    p.low = (!open || *first > 0).then_some(*low);
                    p.high = (!open || *last + 1 < self.ordered).then_some(self.edges[*last]);
                }
                _ => {}
            }
        }
        for bin in bins.iter().filter(|b| **b >= self.ordered) {
            match &self.bins[*bin] {
                Bin::Value(name, _) => p.values.push(name.clone()),
                Bin::Rare => p.rare = true,
                Bin::Missing | Bin::Range(..) => p.missing = true,
            }
        }
        p
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_at_quantiles_and_say_the_ends_that_were_seen() {
        let c = Column::number("age", NumberKind::Int, (18..98).map(f64::from).chain([f64::NAN]).collect());
        let f = Feature::of(&c, 4, 5).expect("bins");
        assert_eq!(f.ordered, 4);
        let sizes: Vec<usize> = (0..5u32).map(|b| f.codes.iter().filter(|c| **c == b).count()).collect();
        assert_eq!(sizes, [20, 20, 20, 20, 1]);
        assert_eq!((f.predicate(1).low, f.predicate(1).high, f.predicate(4).missing), (Some(38.0), Some(57.0), true));
        let open = f.describe(&[0, 1, 4], true);
        assert_eq!((open.low, open.high, open.missing), (None, Some(57.0), true));
    }

    #[test]
    fn few_numbers_stay_values_and_a_heap_of_one_value_is_one_bin() {
        let few = Feature::of(&Column::number("n", NumberKind::Int, vec![0.0, 2.0, 2.0, 5.0]), 4, 1).expect("bins");
        assert_eq!((few.codes.as_slice(), few.predicate(1).values), ([0u32, 1, 1, 2].as_slice(), vec!["2".to_owned()]));
        let heap = (0..100).map(|i| if i < 80 { 0.0 } else { f64::from(i) }).collect();
        let heap = Feature::of(&Column::number("gain", NumberKind::Float, heap), 5, 1).expect("bins");
        assert_eq!(heap.bins[0], Bin::Value("0".into(), 0.0));
        assert_eq!((heap.bins.len(), heap.predicate(1).low), (2, Some(80.0)));
    }

    #[test]
    fn rare_categories_are_one_bin_and_unknown_ones_join_it() {
        let cells = (0..60).map(|i| if i < 5 { None } else { Some(format!("c{}", if i < 40 { i % 2 } else { i })) });
        let f = Feature::of(&Column::text("job", cells), 8, 10).expect("bins");
        assert_eq!(f.bins.len(), 4);
        assert!(f.predicate(2).rare && f.predicate(3).missing);
        let other = Column::text("job", [Some("new"), None, Some("c1")]);
        assert_eq!(f.encode(&other), [2, 3, 0]);
        assert!(Feature::of(&Column::text("id", (0..60).map(|i| Some(i.to_string()))), 8, 10).is_none());
        assert!(Feature::of(&Column::number("c", NumberKind::Int, vec![3.0; 60]), 8, 10).is_none());
    }
}
