//! Boxes: products of half-open intervals `(low, high]`, only the axes that are cut.

use super::Axis;

/// An interval of one axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Side {
    pub(super) axis: u32,
    /// Outside.
    pub(super) low: f64,
    /// Inside.
    pub(super) high: f64,
}

/// Sides by ascending axis.
pub(super) type Sides = Vec<Side>;

/// Cuts a box at a threshold; nothing of it may be left.
pub(super) fn cut(sides: &mut Sides, axis: u32, threshold: f64, keep_high: bool) {
    let at = sides.partition_point(|s| s.axis < axis);
    if sides.get(at).is_none_or(|s| s.axis != axis) {
        sides.insert(at, Side { axis, low: f64::NEG_INFINITY, high: f64::INFINITY });
    }
    let side = &mut sides[at];
    if keep_high {
        side.low = side.low.max(threshold);
    } else {
        side.high = side.high.min(threshold);
    }
}

/// What two boxes share; `None` when nothing.
pub(super) fn both(a: &[Side], b: &[Side]) -> Option<Sides> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let order = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.axis.cmp(&y.axis),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        match order {
            std::cmp::Ordering::Less => {
                out.push(a[i]);
                i += 1;
            }
            std::cmp::Ordering::Greater => {
                out.push(b[j]);
                j += 1;
            }
            std::cmp::Ordering::Equal => {
                let side = Side { axis: a[i].axis, low: a[i].low.max(b[j].low), high: a[i].high.min(b[j].high) };
                if side.low >= side.high {
                    return None;
                }
                out.push(side);
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    Some(out)
}

/// Distance of a point from a box in scales of the axes: the largest of all axes. It is the infimum; the side below a box is
/// not inside it.
pub(super) fn gap(sides: &[Side], axes: &[Axis], x: &[f64]) -> f64 {
    let of = |s: &Side| {
        let v = x[s.axis as usize];
        (s.low - v).max(v - s.high).max(0.0) / axes[s.axis as usize].scale
    };
    sides.iter().map(of).fold(0.0, f64::max)
}
