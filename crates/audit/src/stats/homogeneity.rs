//! Whether two samples have the same shares of categories.

use super::distance::chi_squared;
use super::proportion::equal_p;

/// Rows that a cell must be expected to hold for the chi-squared test.
const EXPECTED: f64 = 5.0;

/// Two-sided p-value that two samples of categories have one distribution: Pearson's chi-squared test, after the two
/// rarest categories were put together until every cell is expected to hold at least 5 rows (Cochran 1954); with two
/// categories left, the test of two proportions of [`equal_p`]. 1 when all rows are of one category; `None` when a sample
/// is empty. The order of equally rare categories is that of their own counts, so that it does not depend on their place.
pub(crate) fn same_shares(a: &[u64], b: &[u64]) -> Option<f64> {
    let (na, nb) = (a.iter().sum::<u64>(), b.iter().sum::<u64>());
    if na == 0 || nb == 0 {
        return None;
    }
    let mut cells: Vec<(u64, u64)> = a.iter().copied().zip(b.iter().copied()).filter(|(a, b)| a + b > 0).collect();
    let least = na.min(nb) as f64 / (na + nb) as f64;
    while cells.len() > 2 {
        cells.sort_unstable_by_key(|(a, b)| (std::cmp::Reverse(a + b), *a));
        let rarest = cells[cells.len() - 1];
        if (rarest.0 + rarest.1) as f64 * least >= EXPECTED {
            break;
        }
        cells.pop();
        let last = cells.len() - 1;
        cells[last] = (cells[last].0 + rarest.0, cells[last].1 + rarest.1);
    }
    match cells[..] {
        [_] => Some(1.0),
        [first, _] => equal_p(first.0, na, first.1, nb),
        _ => {
            let side = |of: &dyn Fn(&(u64, u64)) -> u64| cells.iter().map(|c| of(c) as f64).collect::<Vec<_>>();
            chi_squared(&side(&|c| c.0), &side(&|c| c.1)).map(|t| t.p)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_categories_are_put_together_and_their_place_does_not_matter() {
        let (a, b) = ([40, 30, 2, 1], [35, 40, 1, 0]);
        let p = same_shares(&a, &b).expect("rows");
        // Three rows and one are four: not enough for a cell, so they join the next rarest.
        assert_eq!(Some(p), equal_p(40, 73, 35, 76));
        let turned = |v: [u64; 4]| [v[3], v[0], v[2], v[1]];
        assert_eq!(same_shares(&turned(a), &turned(b)), Some(p));
        assert_eq!(same_shares(&[5, 0], &[9, 0]), Some(1.0));
        assert_eq!(same_shares(&[0, 0], &[9, 1]), None);
    }

    #[test]
    fn equal_shares_are_not_told_apart_and_other_ones_are() {
        assert!(same_shares(&[50, 30, 20], &[100, 60, 40]).is_some_and(|p| p > 0.999));
        assert!(same_shares(&[50, 30, 20], &[20, 30, 50]).is_some_and(|p| p < 1e-4));
    }
}
