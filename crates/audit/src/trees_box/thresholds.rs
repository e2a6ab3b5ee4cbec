//! From tests of encoded columns to thresholds of raw numbers.

use std::collections::BTreeMap;

use fine_model::Model;
use fine_model::steps::Origin;
use fine_model::trees::{Cast, Forest, NUMERIC};
use fine_table::{Column, NumberKind, Table};

use super::Axis;

/// What a node asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Test {
    /// Nothing: a leaf.
    Leaf,
    /// Whether an axis is at most `threshold`; then it goes left when `low_left`, else right.
    Axis { axis: u32, threshold: f64, low_left: bool },
    /// Always the same side.
    Always { left: bool },
    /// Something about a feature that is held at the row's cell.
    Held,
}

/// A test of an encoded column, with the raw interval that bisection has left of it, as ordered keys.
struct Open {
    column: usize,
    threshold: f64,
    /// Its outcome at the lower end.
    low_left: bool,
    keys: [i64; 2],
}

/// The tests of all nodes, and the axes that can move.
///
/// # Errors
/// `no-number` when no axis can, `probe-refused` when the model does not encode values a little outside of the data.
pub(super) fn raw_tests(
    model: &Model,
    forest: &Forest,
    origins: &[Origin],
    raw: &Table,
    axes: &[Axis],
    reach: f64,
) -> Result<(Vec<Axis>, Vec<Vec<Test>>), &'static str> {
    let splits = || forest.trees.iter().flat_map(|t| &t.nodes).filter(|n| !n.is_leaf());
    let of_feature = |feature: usize| {
        let mut columns: Vec<usize> = splits().map(|n| n.feature as usize).collect();
        columns.sort_unstable();
        columns.dedup();
        columns.retain(|c| origins[*c].single() == Some(feature as u32));
        columns
    };
    let in_set = |column: usize| splits().any(|n| n.feature as usize == column && n.set != NUMERIC);
    let probe = Probe { model, raw, axes };
    let points: Vec<Vec<f64>> = axes.iter().map(|a| points(a, raw, reach)).collect();
    let (encoded, names) = probe.encode(&points)?;
    let mut kept = Vec::new();
    let mut open: Vec<Vec<Open>> = Vec::new();
    // Axis and test of each test of an encoded column.
    let mut places: BTreeMap<(usize, u64), (u32, usize)> = BTreeMap::new();
    for (axis, points) in axes.iter().zip(&points) {
        let columns = of_feature(axis.feature);
        let follows = |c: &usize| {
            let values: Vec<f64> = encoded[*c].iter().copied().take(points.len()).collect();
            !in_set(*c) && (is_monotone(&values) || (is_constant(&values) && names[*c].starts_with("missingindicator")))
        };
        if columns.is_empty() || !columns.iter().all(follows) {
            open.push(Vec::new());
            continue;
        }
        let mut own = Vec::new();
        for column in columns {
            let thresholds = splits().filter(|n| n.feature as usize == column).map(|n| n.threshold);
            let ends = [0, points.len() - 1];
            for threshold in thresholds {
                let left = ends.map(|e| forest.cast.apply(encoded[column][e]) <= threshold);
                let keys = ends.map(|e| key(points[e]));
                places.entry((column, threshold.to_bits())).or_insert_with(|| {
                    // The same at both ends is the same in between.
                    let keys = if left[0] == left[1] { [keys[1]; 2] } else { keys };
                    own.push(Open { column, threshold, low_left: left[0], keys });
                    (kept.len() as u32, own.len() - 1)
                });
            }
        }
        kept.push(axis.clone());
        open.push(own);
    }
    if kept.is_empty() {
        return Err("no-number");
    }
    bisect(&probe, &mut open, forest.cast)?;
    let open: Vec<&Vec<Open>> = open.iter().filter(|own| !own.is_empty()).collect();
    let test = |node: &fine_model::trees::Node| {
        if node.is_leaf() {
            return Test::Leaf;
        }
        match places.get(&(node.feature as usize, node.threshold.to_bits())) {
            None => Test::Held,
            Some((axis, at)) => {
                let found = &open[*axis as usize][*at];
                match found.keys[0] == found.keys[1] {
                    true => Test::Always { left: found.low_left },
                    false => Test::Axis { axis: *axis, threshold: value(found.keys[0]), low_left: found.low_left },
                }
            }
        }
    };
    Ok((kept, forest.trees.iter().map(|t| t.nodes.iter().map(test).collect()).collect()))
}

/// Where an axis is looked at: `reach` scales below and above what was observed, every observed value, and zero, which some
/// libraries read as missing. Ascending.
fn points(axis: &Axis, raw: &Table, reach: f64) -> Vec<f64> {
    let beyond = reach * axis.scale;
    let (low, high) = ((axis.low - beyond).next_down(), (axis.high + beyond).next_up());
    let observed = raw.columns()[axis.feature].numbers().unwrap_or_default();
    let inside = observed.iter().copied().filter(|v| v.is_finite()).chain([0.0]).filter(|v| low < *v && *v < high);
    let mut points: Vec<f64> = inside.chain([low, high]).map(|v| v + 0.0).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    points
}

/// Up or down throughout, with more than the two values of an indicator.
fn is_monotone(values: &[f64]) -> bool {
    let (up, down) = (values.windows(2).all(|w| w[0] <= w[1]), values.windows(2).all(|w| w[0] >= w[1]));
    let mut distinct = values.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    (up || down) && distinct.len() > 2
}

fn is_constant(values: &[f64]) -> bool {
    values.windows(2).all(|w| w[0] == w[1])
}

/// Halves the interval of every test until two neighbouring numbers are left: the lower one is the threshold.
fn bisect(probe: &Probe<'_>, open: &mut [Vec<Open>], cast: Cast) -> Result<(), &'static str> {
    // No overflow: the difference of two keys of finite numbers needs 64 bits and a sign.
    let middle = |keys: [i64; 2]| ((i128::from(keys[0]) + i128::from(keys[1])) >> 1) as i64;
    while open.iter().flatten().any(|t| t.keys[1].saturating_sub(t.keys[0]) > 1) {
        let points: Vec<Vec<f64>> =
            open.iter().map(|own| own.iter().map(|t| value(middle(t.keys))).collect()).collect();
        let (encoded, _) = probe.encode(&points)?;
        for own in open.iter_mut() {
            for (row, test) in own.iter_mut().enumerate() {
                let left = cast.apply(encoded[test.column][row]) <= test.threshold;
                let at = middle(test.keys);
                test.keys[usize::from(left != test.low_left)] = at;
            }
        }
    }
    Ok(())
}

/// Numbers as integers in the same order.
fn key(v: f64) -> i64 {
    let bits = v.to_bits() as i64;
    if bits < 0 { i64::MIN - bits } else { bits }
}

fn value(key: i64) -> f64 {
    f64::from_bits(if key < 0 { (i64::MIN - key) as u64 } else { key as u64 })
}

/// Encodes numbers of all axes at once, each beside the others: an encoded column depends on one raw feature.
struct Probe<'a> {
    model: &'a Model,
    raw: &'a Table,
    axes: &'a [Axis],
}

impl Probe<'_> {
    /// Encoded columns by column, and their names. Shorter lists are filled with their last value.
    fn encode(&self, points: &[Vec<f64>]) -> Result<(Vec<Vec<f64>>, Vec<String>), &'static str> {
        let rows = points.iter().map(Vec::len).max().unwrap_or(0);
        let first = vec![0u32; rows];
        let columns = self.raw.columns().iter().enumerate().map(|(feature, column)| {
            let own = self.axes.iter().position(|a| a.feature == feature).map(|a| &points[a]).filter(|p| !p.is_empty());
            match own {
                None => column.take(&first),
                Some(values) => {
                    let last = values[values.len() - 1];
                    let values = (0..rows).map(|r| values.get(r).copied().unwrap_or(last)).collect();
                    Column::number(column.name.clone(), NumberKind::Float, values)
                }
            }
        });
        let table = Table::new(columns.collect()).ok_or("probe-refused")?;
        let encoded = self.model.encode(&table).map_err(|_| "probe-refused")?;
        let column = |c: usize| encoded.values.iter().skip(c).step_by(encoded.width).copied().collect();
        Ok(((0..encoded.width).map(column).collect(), encoded.names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_the_order_and_give_the_number_back() {
        let values = [-1e300, -1.0, -1e-310, 0.0, 5e-324, 1.0, 1.0f64.next_up(), 1e300];
        assert!(values.windows(2).all(|w| key(w[0]) < key(w[1])));
        assert!(values.iter().all(|v| value(key(*v)) == *v));
        assert_eq!(key(1.0f64.next_up()) - key(1.0), 1);
        assert_eq!(key(5e-324) - key(-5e-324), 2);
    }

    #[test]
    fn indicators_and_bends_are_not_followed() {
        assert!(is_monotone(&[1.0, 2.0, 2.0, 3.0]) && is_monotone(&[3.0, 2.0, 1.0]));
        assert!(
            !is_monotone(&[0.0, 0.0, 1.0]) && !is_monotone(&[1.0, 2.0, 1.0]) && !is_monotone(&[1.0, f64::NAN, 2.0])
        );
    }
}
