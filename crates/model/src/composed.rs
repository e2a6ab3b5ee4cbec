//! A model whose encoded columns mix raw columns: it predicts as always, and is explained as a whole.

use std::sync::Arc;

use fine_table::Column;

use crate::{CoreModel, Graph, Model, PredictError, Prediction};

/// A model behind the face of a graph.
#[derive(Debug)]
pub(crate) struct Composed(Model);

impl Composed {
    /// The same model, without a core of its own.
    pub(crate) fn of(model: Model) -> Model {
        let (features, task, classes) = (model.features.clone(), model.task, model.classes.clone());
        Model::native(features, task, classes, CoreModel::Graph(Arc::new(Self(model))))
    }
}

impl Graph for Composed {
    fn predict(&self, columns: &[&Column], rows: usize) -> Result<Prediction, PredictError> {
        self.0.predict_columns(columns, rows)
    }
}
