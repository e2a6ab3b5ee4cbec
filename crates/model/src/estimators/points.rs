//! Many points against many rows.

/// Sums side by side.
const LANES: usize = 8;

/// Training points, laid out eight at a time: eight sums run side by side, each from left to right.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    count: usize,
    width: usize,
    /// `[blocks x width]` groups of one coordinate of eight points; the last group is filled up with zeros.
    groups: Vec<[f64; LANES]>,
}

impl Points {
    /// From row-major `[count x width]` coordinates.
    pub fn new(width: usize, values: &[f64]) -> Self {
        let width = width.max(1);
        let count = values.len() / width;
        let mut groups = vec![[0.0; LANES]; count.div_ceil(LANES) * width];
        for (point, row) in values.chunks_exact(width).enumerate() {
            for (j, value) in row.iter().enumerate() {
                groups[point / LANES * width + j][point % LANES] = *value;
            }
        }
        Self { count, width, groups }
    }

    /// Number of points.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Coordinates of a point.
    pub fn width(&self) -> usize {
        self.width
    }

    /// For each row, `fold(sum, coordinate, row value, point value)` over the coordinates of each point from left to
    /// right, starting at 0: row-major `[rows x points]`.
    pub(crate) fn sums(&self, rows: &[f64], fold: impl Fn(f64, usize, f64, f64) -> f64) -> Vec<f64> {
        let (width, count) = (self.width, self.count);
        let mut out = vec![0.0; rows.len() / width * count];
        // Points outside, rows inside: a group of points is read once for all rows.
        for (block, group) in self.groups.chunks_exact(width).enumerate() {
            let first = block * LANES;
            let here = LANES.min(count - first);
            for (row, out) in rows.chunks_exact(width).zip(out.chunks_exact_mut(count)) {
                let mut sums = [0.0; LANES];
                for (j, (value, points)) in row.iter().zip(group).enumerate() {
                    for (sum, point) in sums.iter_mut().zip(points) {
                        *sum = fold(*sum, j, *value, *point);
                    }
                }
                out[first..first + here].copy_from_slice(&sums[..here]);
            }
        }
        out
    }
}
