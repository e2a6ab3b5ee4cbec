//! `PolynomialFeatures`.

use super::super::Origin;

/// Products of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    /// Columns that it takes.
    pub inputs: usize,
    /// The columns of each product, ascending and repeated by their power; none is the constant 1.
    pub terms: Vec<Vec<u32>>,
    /// Multiplied from the first column on, as on sparse data; from the last one otherwise.
    pub forward: bool,
}

impl Polynomial {
    pub(super) fn origins(&self, inputs: &[&Origin]) -> Vec<Origin> {
        let of = |term: &Vec<u32>| match term.as_slice() {
            [] => Origin::merged(inputs.iter().copied()),
            [one] => inputs[*one as usize].clone(),
            several => Origin::merged(several.iter().map(|column| inputs[*column as usize])),
        };
        self.terms.iter().map(of).collect()
    }

    pub(super) fn names(&self, inputs: &[String]) -> Vec<String> {
        let of = |term: &Vec<u32>| match term.is_empty() {
            true => "1".to_owned(),
            false => term.iter().map(|column| inputs[*column as usize].as_str()).collect::<Vec<_>>().join(" · "),
        };
        self.terms.iter().map(of).collect()
    }

    pub(super) fn of(&self, row: &[f64], out: &mut [f64]) {
        let cell = |column: &u32| row[*column as usize];
        for (out, term) in out.iter_mut().zip(&self.terms) {
            *out = if self.forward { term.iter().map(cell).product() } else { term.iter().rev().map(cell).product() };
        }
    }
}

/// The terms of degree `lowest` to `highest` in scikit-learn's order. `None` when they have more than `most` factors.
pub fn polynomial_terms(
    inputs: usize,
    (lowest, highest): (usize, usize),
    interaction_only: bool,
    bias: bool,
    most: usize,
) -> Option<Vec<Vec<u32>>> {
    let mut terms: Vec<Vec<u32>> = if bias { vec![Vec::new()] } else { Vec::new() };
    let mut factors = 0;
    for degree in lowest.max(1)..=highest {
        if degree > most {
            return None;
        }
        if interaction_only && degree > inputs {
            break;
        }
        // Ascending tuples in lexicographic order: the last place that can still grow grows.
        let step = u32::from(interaction_only);
        let mut term: Vec<u32> = (0..degree as u32).map(|place| place * step).collect();
        let limit = |place: usize| inputs as u32 - 1 - (degree - 1 - place) as u32 * step;
        if inputs == 0 {
            break;
        }
        loop {
            factors += degree;
            if factors > most {
                return None;
            }
            terms.push(term.clone());
            let Some(place) = (0..degree).rev().find(|place| term[*place] < limit(*place)) else { break };
            term[place] += 1;
            for later in place + 1..degree {
                term[later] = term[later - 1] + step;
            }
        }
    }
    Some(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_in_the_order_of_the_library() {
        let all = polynomial_terms(2, (0, 3), false, true, 100).unwrap();
        let expected: Vec<Vec<u32>> = vec![
            vec![],
            vec![0],
            vec![1],
            vec![0, 0],
            vec![0, 1],
            vec![1, 1],
            vec![0, 0, 0],
            vec![0, 0, 1],
            vec![0, 1, 1],
            vec![1, 1, 1],
        ];
        assert_eq!(all, expected);
        let pairs = polynomial_terms(3, (2, 9), true, false, 100).unwrap();
        assert_eq!(pairs, [vec![0, 1], vec![0, 2], vec![1, 2], vec![0, 1, 2]]);
        assert_eq!(polynomial_terms(1000, (0, 3), false, true, 1_000_000), None);
        assert_eq!(polynomial_terms(1, (0, usize::MAX), false, true, 1_000), None);
    }
}
