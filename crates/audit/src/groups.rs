//! Rows by the groups of a protected attribute.

use fine_table::{Column, Values};

use crate::stats::describe::{bin_of, quantile_sorted, sorted};

/// Code of a row whose group is unknown.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// A number column with at most this many distinct values is grouped by value, else cut at its quartiles.
const FEW_VALUES: usize = 10;

/// The groups of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grouping {
    /// Column name.
    pub(crate) attribute: String,
    /// Outer and inner edges when the attribute was cut, else empty.
    pub(crate) edges: Vec<f64>,
    /// Group names, largest group first, equal sizes by name.
    pub(crate) labels: Vec<String>,
    /// Group of each row, or [`UNKNOWN`].
    pub(crate) codes: Vec<u32>,
}

impl Grouping {
    /// Groups of a column: categories by value, numbers by value or quartile.
    pub(crate) fn of(column: &Column) -> Self {
        let (edges, labels, codes) = match &column.values {
            Values::Text { codes, dictionary } => (Vec::new(), dictionary.to_vec(), codes.clone()),
            Values::Number { values, .. } => numbers(column, values),
        };
        Self { attribute: column.name.clone(), edges, labels, codes }.largest_first()
    }

    /// Rows a group.
    pub(crate) fn sizes(&self) -> Vec<u64> {
        let mut sizes = vec![0; self.labels.len()];
        self.codes.iter().filter(|c| **c != UNKNOWN).for_each(|c| sizes[*c as usize] += 1);
        sizes
    }

    /// Rows whose group is unknown.
    pub(crate) fn unknown(&self) -> u64 {
        self.codes.iter().filter(|c| **c == UNKNOWN).count() as u64
    }

    /// The same with the groups named put together under one name (`A, B`); the name, when any is there.
    pub(crate) fn merge(self, members: &[String]) -> (Self, Option<String>) {
        let inside: Vec<bool> = self.labels.iter().map(|l| members.iter().any(|m| same(m, l))).collect();
        let names: Vec<&str> = self.labels.iter().zip(&inside).filter(|p| *p.1).map(|p| p.0.as_str()).collect();
        let Some(target) = inside.iter().position(|i| *i) else { return (self, None) };
        let name = names.join(", ");
        let mut labels = self.labels.clone();
        labels[target].clone_from(&name);
        let codes =
            self.codes.iter().map(|c| if *c != UNKNOWN && inside[*c as usize] { target as u32 } else { *c }).collect();
        (Self { labels, codes, ..self }.largest_first(), Some(name))
    }

    /// Drops empty groups and orders the rest.
    fn largest_first(self) -> Self {
        let sizes = self.sizes();
        let mut order: Vec<usize> = (0..sizes.len()).filter(|g| sizes[*g] > 0).collect();
        order.sort_by(|a, b| sizes[*b].cmp(&sizes[*a]).then_with(|| self.labels[*a].cmp(&self.labels[*b])));
        let mut place = vec![UNKNOWN; sizes.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new as u32;
        }
        let codes = self.codes.iter().map(|c| if *c == UNKNOWN { UNKNOWN } else { place[*c as usize] }).collect();
        let labels = order.iter().map(|g| self.labels[*g].clone()).collect();
        Self { labels, codes, ..self }
    }
}

fn same(a: &str, b: &str) -> bool {
    a.trim() == b.trim() || matches!((a.trim().parse::<f64>(), b.trim().parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

type Groups = (Vec<f64>, Vec<String>, Vec<u32>);

fn numbers(column: &Column, values: &[f64]) -> Groups {
    let known: Vec<f64> = sorted(&values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<_>>());
    let mut distinct = known.clone();
    distinct.dedup();
    if distinct.len() <= FEW_VALUES {
        let code = |v: f64| distinct.iter().position(|d| *d == v).map_or(UNKNOWN, |c| c as u32);
        let codes: Vec<u32> = values.iter().map(|v| code(*v)).collect();
        let label = |c: u32| codes.iter().position(|x| *x == c).and_then(|row| column.display_at(row));
        let labels = (0..distinct.len() as u32).map(|c| label(c).unwrap_or_default()).collect();
        return (Vec::new(), labels, codes);
    }
    let mut edges: Vec<f64> = [0.0, 0.25, 0.5, 0.75, 1.0].iter().map(|q| quantile_sorted(&known, *q)).collect();
    edges.dedup();
    let bins = edges.len() - 1;
    let inner = &edges[1..bins];
    let codes = values.iter().map(|v| if v.is_finite() { bin_of(inner, *v) as u32 } else { UNKNOWN }).collect();
    let labels =
        (0..bins).map(|b| format!("{}{}, {}]", if b == 0 { "[" } else { "(" }, edges[b], edges[b + 1])).collect();
    (edges, labels, codes)
}

#[cfg(test)]
mod tests {
    use fine_table::NumberKind;

    use super::*;

    #[test]
    fn categories_are_ordered_by_size_and_missing_is_unknown() {
        let c = Column::text("sex", [Some("F"), Some("M"), None, Some("M"), Some("X"), Some("M")]);
        let g = Grouping::of(&c);
        assert_eq!((g.labels, g.codes), (vec!["M".into(), "F".into(), "X".into()], vec![1, 0, UNKNOWN, 0, 2, 0]));
    }

    #[test]
    fn numbers_are_cut_at_quartiles_with_the_upper_edge_inside() {
        let c = Column::number("age", NumberKind::Int, (1..=101).map(f64::from).chain([f64::NAN]).collect());
        let g = Grouping::of(&c);
        assert_eq!(g.edges, [1.0, 26.0, 51.0, 76.0, 101.0]);
        assert_eq!((g.unknown(), g.sizes().iter().sum::<u64>()), (1, 101));
        assert_eq!(g.labels[g.codes[25] as usize], "[1, 26]");
    }

    #[test]
    fn few_numbers_are_categories_and_values_merge() {
        let c = Column::number("n", NumberKind::Int, vec![0.0, 1.0, 2.0, 1.0, 1.0]);
        let (g, name) = Grouping::of(&c).merge(&["0".into(), "2.0".into()]);
        assert_eq!(name.as_deref(), Some("0, 2"));
        assert_eq!((g.labels, g.codes), (vec!["1".into(), "0, 2".into()], vec![1, 0, 1, 0, 0]));
    }
}
