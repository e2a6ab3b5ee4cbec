//! Curves with fewer points.

/// At most `most` points: the two ends, then always the point farthest from the line that stands for it
/// (Ramer 1972; Douglas and Peucker 1973, with the number of points given instead of the tolerance).
pub(crate) fn thin(points: &[[f64; 2]], most: usize) -> Vec<[f64; 2]> {
    if points.len() <= 2 {
        return points.to_vec();
    }
    let mut kept = vec![0, points.len() - 1];
    let mut spans = vec![farthest(points, 0, points.len() - 1)];
    while kept.len() < most {
        let Some(next) = (0..spans.len()).max_by(|a, b| spans[*a].2.total_cmp(&spans[*b].2)) else { break };
        let (span, at, distance) = spans.swap_remove(next);
        if distance <= 1e-12 {
            break;
        }
        kept.push(at);
        spans.push(farthest(points, span[0], at));
        spans.push(farthest(points, at, span[1]));
    }
    kept.sort_unstable();
    kept.into_iter().map(|i| points[i]).collect()
}

/// The point of a span that is farthest from its chord, with the distance.
fn farthest(points: &[[f64; 2]], from: usize, to: usize) -> ([usize; 2], usize, f64) {
    let (a, b) = (points[from], points[to]);
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = (dx * dx + dy * dy).sqrt();
    let mut best = (from, 0.0);
    for (i, p) in points.iter().enumerate().take(to).skip(from + 1) {
        let (px, py) = (p[0] - a[0], p[1] - a[1]);
        let distance = if length > 0.0 { (dx * py - dy * px).abs() / length } else { (px * px + py * py).sqrt() };
        if distance > best.1 {
            best = (i, distance);
        }
    }
    ([from, to], best.0, best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_corners_and_drops_what_lies_on_a_line() {
        let corner: Vec<[f64; 2]> = (0..=500)
            .map(|i| if i <= 250 { [0.0, f64::from(i) / 250.0] } else { [f64::from(i - 250) / 250.0, 1.0] })
            .collect();
        assert_eq!(thin(&corner, 200), [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
        let arc: Vec<[f64; 2]> = (0..2000).map(|i| f64::from(i) / 1999.0).map(|x| [x, x.sqrt()]).collect();
        let thinned = thin(&arc, 200);
        assert_eq!((thinned.len(), thinned[0], thinned[199]), (200, [0.0, 0.0], [1.0, 1.0]));
    }
}
