//! Trees with a linear model in each leaf (LightGBM `linear_tree`): they predict as the library, and are explained as a
//! whole.

use std::sync::Arc;

use fine_table::Column;
use rayon::prelude::*;

use crate::trees::{Cast, Forest, Sum};
use crate::{CoreModel, Graph, Model, PredictError, Prediction};

/// The linear model of one leaf: `constant + Σ coefficient·x`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinearLeaf {
    pub(crate) constant: f64,
    /// Feature and coefficient.
    pub(crate) terms: Vec<(u32, f64)>,
}

impl LinearLeaf {
    /// Its value for a row; `None` when a feature of it is missing.
    fn value(&self, row: &[f64]) -> Option<f64> {
        self.terms.iter().try_fold(self.constant, |sum, (feature, coefficient)| {
            let x = row[*feature as usize];
            (!x.is_nan()).then_some(sum + coefficient * x)
        })
    }
}

/// A forest with the leaves of those trees that have linear ones.
#[derive(Debug)]
pub(crate) struct LinearLeaves {
    model: Model,
    leaves: Vec<Option<Vec<LinearLeaf>>>,
}

/// Rows walked together.
const BLOCK_ROWS: usize = 256;

impl LinearLeaves {
    /// The same model with these leaves, one list a tree. The features of the terms must be features of the forest.
    pub(crate) fn of(model: Model, leaves: Vec<Option<Vec<LinearLeaf>>>) -> Model {
        let (features, task, classes) = (model.features.clone(), model.task, model.classes.clone());
        Model::native(features, task, classes, CoreModel::Graph(Arc::new(Self { model, leaves })))
    }

    fn margins(&self, forest: &Forest, rows: usize, values: &[f64]) -> Vec<f64> {
        let (width, outputs) = (forest.features, forest.outputs);
        let mut margins = vec![0.0; rows * outputs];
        margins.par_chunks_mut(BLOCK_ROWS * outputs).enumerate().for_each(|(block, out)| {
            for (i, margins) in out.chunks_exact_mut(outputs).enumerate() {
                self.add(forest, &values[(block * BLOCK_ROWS + i) * width..][..width], margins);
            }
        });
        margins
    }

    fn add(&self, forest: &Forest, row: &[f64], margins: &mut [f64]) {
        for (tree, leaves) in forest.trees.iter().zip(&self.leaves) {
            let leaf = tree.leaf(row, Cast::F64);
            let linear = leaves.as_ref().and_then(|leaves| leaves.get(leaf)?.value(row));
            let value = linear.unwrap_or_else(|| tree.values[leaf]);
            if let Some(margin) = tree.output.and_then(|output| margins.get_mut(output as usize)) {
                *margin += value;
            }
        }
        if forest.sum == Sum::Mean {
            let trees = (forest.trees.len() / forest.outputs) as f64;
            margins.iter_mut().for_each(|margin| *margin /= trees.max(1.0));
        }
    }
}

impl Graph for LinearLeaves {
    fn predict(&self, columns: &[&Column], rows: usize) -> Result<Prediction, PredictError> {
        let CoreModel::Trees(forest) = &self.model.core else { return Err(PredictError::NoEncodedForm) };
        let values = self.model.prepare(columns)?.rows(0..rows);
        let margins = self.margins(forest, rows, &values);
        Ok(self.model.decide_trees(forest, rows, &margins))
    }
}
