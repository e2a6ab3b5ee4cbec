//! Small models that the stages fit themselves: a CART tree and a gradient boosting of such trees.

mod boost;
mod folds;
mod power;
mod tree;

use fine_table::Table;
use rayon::prelude::*;

pub(crate) use boost::Boosting;
pub(crate) use folds::folds;
pub(crate) use power::{POWER_FOLDS, Question};
pub(crate) use tree::{DEPTH, Data, Input};

use tree::LEAF_ROWS;

/// What is learned: rows, the columns that may be used, and the truth.
#[derive(Clone, Copy)]
pub(crate) struct Lesson<'a> {
    pub(crate) table: &'a Table,
    /// Indices of the columns to learn from.
    pub(crate) columns: &'a [usize],
    /// Class index or value a row.
    pub(crate) target: &'a [f64],
    pub(crate) weights: Option<&'a [f64]>,
    /// 0 for regression.
    pub(crate) classes: usize,
}

impl Lesson<'_> {
    fn rows(&self) -> usize {
        self.table.rows()
    }

    /// Fewest rows of a leaf: a twentieth, from 1 to 20.
    fn leaf_rows(&self) -> usize {
        (self.rows() / 20).clamp(1, LEAF_ROWS)
    }

    /// Columns that can be used, by place in `columns`; text of very many categories cannot.
    pub(crate) fn usable(&self) -> Vec<usize> {
        let is_usable = |at: &usize| Input::is_usable(&self.table.columns()[self.columns[*at]]);
        (0..self.columns.len()).filter(is_usable).collect()
    }

    fn inputs(&self) -> Vec<Input> {
        let columns = self.table.columns();
        self.columns.par_iter().filter_map(|c| Input::new(&columns[*c])).collect()
    }
}
