//! Bit-sliced forests: every test of the forest is one bit a row, computed once; a tree is then a short program of
//! bitwise selections that gives the bits of the reached leaf's number for 512 rows together.
//!
//! The idea is QuickScorer's (Lucchese et al. 2015) turned round: not the tree is the unit of a row, but the row is a bit
//! of the tree. Tests that many trees share are evaluated once, and after a change of one column only the tests on that
//! column are evaluated again. Leaves are added in the library's own order and precision, so results are the same to the
//! last bit as those of [`super::Walker`].

mod block;
mod conditions;
mod program;

#[cfg(test)]
mod tests;

use pulp::Arch;

pub(crate) use block::{Scratch, Source};
use conditions::{Conditions, FeatureTests};
use program::Program;

use super::{Cast, Forest, Sum, Tree};

/// Words of one plane.
const WORDS: usize = 8;
/// Rows sliced together. Fixed, so that results never depend on the number of threads.
pub(crate) const ROWS: usize = 64 * WORDS;
/// One bit a row.
pub(crate) type Plane = [u64; WORDS];
/// Leaves that a tree may have: their numbers are bytes.
const LEAVES: usize = 256;
/// The plane of all zeros.
const ZERO: u16 = 0;
/// The plane of all ones.
const ONE: u16 = 1;
/// Planes before the first test.
const CONSTANTS: usize = 2;

/// The bit-sliced form of one forest.
#[derive(Clone, Debug)]
pub(crate) struct Sliced {
    features: Vec<FeatureTests>,
    cast: Cast,
    programs: Vec<Program>,
    leaves: Leaves,
    /// Start value of each output.
    base: Vec<f64>,
    /// Divisor of the sum of each output, for [`Sum::Mean`].
    counts: Option<Vec<f64>>,
    /// Planes of the tests, constants included.
    tests: usize,
    /// Largest number of planes that a program works on.
    temporary: usize,
}

/// Leaf values times the tree's weight by leaf number, one table a tree and output, in the precision of the sum.
#[derive(Clone, Debug)]
enum Leaves {
    Single(Vec<[f32; LEAVES]>),
    Double(Vec<[f64; LEAVES]>),
}

impl Sliced {
    /// `None` for a forest with a tree of more than 256 leaves, more tests than can be numbered, or categories too
    /// large for a table.
    pub(crate) fn new(forest: &Forest) -> Option<Self> {
        let is_small = |tree: &Tree| tree.nodes.iter().filter(|n| n.is_leaf()).count() <= LEAVES;
        if forest.outputs == 0 || !forest.trees.iter().all(is_small) {
            return None;
        }
        let conditions = Conditions::new(forest)?;
        let programs = forest
            .trees
            .iter()
            .map(|tree| Program::new(tree, |node| conditions.plane(tree, node), conditions.planes))
            .collect::<Option<Vec<_>>>()?;
        if programs.is_empty() {
            return None;
        }
        let counts = (forest.sum == Sum::Mean).then(|| {
            let adds = |k: usize| forest.trees.iter().filter(|t| t.output.is_none_or(|o| o as usize == k)).count();
            (0..forest.outputs).map(|k| adds(k) as f64).collect()
        });
        Some(Self {
            leaves: Leaves::new(forest, &programs),
            temporary: programs.iter().map(|p| p.temporary).max().unwrap_or(0),
            tests: conditions.planes,
            features: conditions.features,
            cast: forest.cast,
            programs,
            base: forest.base.clone(),
            counts,
        })
    }

    /// Number of different tests.
    pub(crate) fn tests(&self) -> usize {
        self.tests - CONSTANTS
    }

    /// Margins of the rows of a block into `out`, row-major `[rows x outputs]`, `rows <= ROWS`. `planes` are those of
    /// the tests; they stay as they are.
    pub(crate) fn margins(&self, planes: &mut Vec<Plane>, out: &mut [f64]) {
        planes.resize(self.tests + self.temporary, [0; WORDS]);
        let arch = Arch::new();
        match &self.leaves {
            Leaves::Single(tables) => {
                let mut sums: Vec<[f32; ROWS]> = self.start().map(|b| [b as f32; ROWS]).collect();
                arch.dispatch(|| add_all(&self.programs, tables, planes, &mut sums));
                self.finish(&sums, out);
            }
            Leaves::Double(tables) => {
                let mut sums: Vec<[f64; ROWS]> = self.start().map(|b| [b; ROWS]).collect();
                arch.dispatch(|| add_all(&self.programs, tables, planes, &mut sums));
                self.finish(&sums, out);
            }
        }
        planes.truncate(self.tests);
    }

    fn start(&self) -> impl Iterator<Item = f64> {
        self.base.iter().map(|b| if self.counts.is_some() { 0.0 } else { *b })
    }

    fn finish<T: Copy + Into<f64>>(&self, sums: &[[T; ROWS]], out: &mut [f64]) {
        for (k, sums) in sums.iter().enumerate() {
            let margins = out.iter_mut().skip(k).step_by(self.base.len());
            match &self.counts {
                None => margins.zip(sums).for_each(|(m, s)| *m = (*s).into()),
                Some(counts) => margins.zip(sums).for_each(|(m, s)| {
                    let s: f64 = (*s).into();
                    *m = self.base[k] + if counts[k] > 0.0 { s / counts[k] } else { 0.0 };
                }),
            }
        }
    }
}

impl Leaves {
    fn new(forest: &Forest, programs: &[Program]) -> Self {
        let tables = forest.trees.iter().zip(programs).flat_map(|(tree, program)| {
            let width = if tree.output.is_some() { 1 } else { forest.outputs };
            (0..width).map(move |k| program.leaves.map(|leaf| (tree.weight, tree.values[leaf as usize * width + k])))
        });
        if forest.sum == Sum::F32 {
            Self::Single(tables.map(|t| t.map(|(weight, v)| weight as f32 * v as f32)).collect())
        } else {
            Self::Double(tables.map(|t| t.map(|(weight, v)| weight * v)).collect())
        }
    }
}

/// Adds the leaves of all trees. Inlined into a function for each instruction set.
#[inline(always)]
fn add_all<T: Copy + std::ops::AddAssign>(
    programs: &[Program],
    tables: &[[T; LEAVES]],
    planes: &mut [Plane],
    sums: &mut [[T; ROWS]],
) {
    let mut next = 0;
    for program in programs {
        program.run(planes);
        let numbers = program.numbers(planes);
        let outputs = program.output.map_or(0..sums.len(), |o| o..o + 1);
        for output in outputs {
            add(&tables[next], &numbers, &mut sums[output]);
            next += 1;
        }
    }
}

#[inline(always)]
fn add<T: Copy + std::ops::AddAssign>(table: &[T; LEAVES], numbers: &[Plane; 8], sums: &mut [T; ROWS]) {
    for (word, sums) in sums.chunks_exact_mut(64).enumerate() {
        for (sums, numbers) in sums.chunks_exact_mut(8).zip(numbers) {
            for (sum, number) in sums.iter_mut().zip(numbers[word].to_le_bytes()) {
                *sum += table[number as usize];
            }
        }
    }
}
