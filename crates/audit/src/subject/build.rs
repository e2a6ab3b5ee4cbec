//! From files that were read to a subject that can be audited.

use std::sync::Arc;

use fine_model::{Label, Model, Prediction};
use fine_table::{Column, Roles, StoredPrediction, Table};

use super::error::SubjectError;
use super::stored::{self, LoadProof, Question};
use super::{DataFile, Reference, Subject, truth};

/// Fewest rows with a target that can be audited.
pub const MIN_ROWS: usize = 10;

/// What [`Subject::build`] needs.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The table to audit.
    pub table: Table,
    /// Its file.
    pub data_file: DataFile,
    /// Roles of its columns.
    pub roles: Roles,
    /// The model; without one, the predictions that the roles name are audited.
    pub model: Option<Arc<Model>>,
    /// Reference (training) data.
    pub reference: Option<(Table, DataFile)>,
    /// Seed of everything random.
    pub seed: u64,
}

impl Subject {
    /// Checks that table, roles and model belong together, drops rows without a target, and predicts once.
    ///
    /// # Errors
    /// The first [`SubjectError`] met: columns, then target, then weights, then predictions, then reference data.
    pub fn build(inputs: Inputs) -> Result<Self, SubjectError> {
        let Inputs { table, data_file, mut roles, model, reference, seed } = inputs;
        columns(&table, &roles)?;
        let has_model = model.is_some();
        if !has_model && roles.prediction.is_none() {
            let (_, classes) = fine_table::task_of(target(&table, &roles)?);
            roles.prediction = StoredPrediction::by_name(&names(&table), &classes);
        }
        let model = match (model, &roles.prediction) {
            (Some(model), _) => named(model, &table, &roles)?,
            (None, Some(predictions)) => {
                let question = Question::of_columns(target(&table, &roles)?, &table, predictions)?;
                Arc::new(stored::nameplate(&table, &roles, predictions, &question))
            }
            (None, None) => return Err(SubjectError::NothingToAudit),
        };
        let all = table.rows();
        let (table, kept) = with_target(&table, &roles.target);
        if table.rows() < MIN_ROWS {
            return Err(SubjectError::TooFewRows { rows: table.rows(), needed: MIN_ROWS });
        }
        let source = Source { model: &model, has_model };
        let Answers { truth, positive, weights, prediction, proof } =
            answers(&table, &roles, &source).map_err(|e| e.in_file(kept.as_deref()))?;
        let feature_columns = model.bind(&table).map_err(SubjectError::Predict)?;
        let dropped_rows = (all - table.rows()) as u64;
        let reference = match reference {
            Some((table, file)) => {
                Some(build_reference(&table, file, &roles, &source).map_err(|e| SubjectError::Reference(Box::new(e)))?)
            }
            None => None,
        };
        Ok(Self {
            task: model.task,
            table,
            dropped_rows,
            reference,
            has_model,
            proof,
            model,
            data_file,
            roles,
            classes: truth.classes,
            positive,
            target: truth.values,
            prediction,
            weights,
            feature_columns,
            seed,
        })
    }
}

/// Where predictions come from.
struct Source<'a> {
    model: &'a Arc<Model>,
    /// False when only the table has them.
    has_model: bool,
}

impl Source<'_> {
    /// Predictions of all rows, proved by the stored ones where both are there.
    fn predict(
        &self,
        model: &Model,
        table: &Table,
        roles: &Roles,
    ) -> Result<(Prediction, Option<LoadProof>), SubjectError> {
        let Some(columns) = &roles.prediction else { return Ok((predict(model, table)?, None)) };
        let stored = stored::read(table, columns, &Question::of_model(model))?;
        if !self.has_model {
            return Ok((stored, None));
        }
        let prediction = predict(model, table)?;
        let proof = stored::prove(columns, &stored, model, &prediction)?;
        Ok((prediction, Some(proof)))
    }
}

/// Truth and predictions of the rows that have a target.
struct Answers {
    truth: truth::Truth,
    positive: usize,
    weights: Option<Vec<f64>>,
    prediction: Prediction,
    proof: Option<LoadProof>,
}

fn answers(table: &Table, roles: &Roles, source: &Source<'_>) -> Result<Answers, SubjectError> {
    let model = source.model;
    let truth = truth::read(target(table, roles)?, model, roles.positive.as_deref())?;
    let positive = positive(&truth.classes, model, roles.positive.as_deref())?;
    let weights = roles.weight.as_ref().map(|w| weights(table, w)).transpose()?;
    let (prediction, proof) = source.predict(model, table, roles)?;
    Ok(Answers { truth, positive, weights, prediction, proof })
}

fn names(table: &Table) -> Vec<String> {
    table.columns().iter().map(|c| c.name.clone()).collect()
}

fn columns(table: &Table, roles: &Roles) -> Result<(), SubjectError> {
    if table.position(&roles.target).is_none() {
        return Err(SubjectError::TargetMissing { name: roles.target.clone(), available: names(table) });
    }
    let protected = roles.protected.iter().map(|p| ("protected", p));
    let single = [("weight", &roles.weight), ("entity", &roles.entity), ("time", &roles.time)];
    let single = single.into_iter().filter_map(|(role, name)| name.as_ref().map(|n| (role, n)));
    let stored = roles.prediction.iter().flat_map(|p| p.columns()).map(|name| ("prediction", name));
    for (role, name) in protected.chain(single).chain(stored) {
        if table.position(name).is_none() {
            return Err(SubjectError::ColumnMissing { role, name: name.clone(), available: names(table) });
        }
    }
    Ok(())
}

/// The model with the table's names when its file stores none; refuses a table without its features.
fn named(model: Arc<Model>, table: &Table, roles: &Roles) -> Result<Arc<Model>, SubjectError> {
    let missing: Vec<String> =
        model.features.iter().filter(|f| table.position(&f.name).is_none()).map(|f| f.name.clone()).collect();
    if missing.is_empty() {
        return Ok(model);
    }
    if model.is_named() {
        return Err(SubjectError::FeatureMissing { names: missing, available: names(table) });
    }
    let taken = [Some(&roles.target), roles.weight.as_ref(), roles.entity.as_ref(), roles.time.as_ref()];
    let stored: Vec<&String> = roles.prediction.iter().flat_map(|p| p.columns()).collect();
    let free =
        |c: &Column| !taken.contains(&Some(&c.name)) && !roles.ignore.contains(&c.name) && !stored.contains(&&c.name);
    let inputs: Vec<String> = names_where(table, free);
    let unprotected = names_where(table, |c| free(c) && !roles.protected.contains(&c.name));
    let needed = model.features.len();
    let found = [inputs, unprotected];
    match found.iter().find(|n| n.len() == needed) {
        Some(names) => {
            let mut model = (*model).clone();
            model.rename(names);
            Ok(Arc::new(model))
        }
        None => Err(SubjectError::FeatureCount { needed, found: found[0].len() }),
    }
}

fn names_where(table: &Table, keep: impl Fn(&Column) -> bool) -> Vec<String> {
    table.columns().iter().filter(|c| keep(c)).map(|c| c.name.clone()).collect()
}

/// The rows that have a target, and which those are when it is not all of them.
fn with_target(table: &Table, target: &str) -> (Table, Option<Vec<u32>>) {
    let Some(column) = table.column(target) else { return (table.clone(), None) };
    if column.missing_rows() == 0 {
        return (table.clone(), None);
    }
    let rows: Vec<u32> = (0..table.rows()).filter(|r| !column.is_missing(*r)).map(|r| r as u32).collect();
    (table.take(&rows), Some(rows))
}

fn target<'a>(table: &'a Table, roles: &Roles) -> Result<&'a Column, SubjectError> {
    let missing = || SubjectError::TargetMissing { name: roles.target.clone(), available: names(table) };
    table.column(&roles.target).map(AsRef::as_ref).ok_or_else(missing)
}

fn positive(classes: &[String], model: &Model, wanted: Option<&str>) -> Result<usize, SubjectError> {
    let Some(wanted) = wanted else { return Ok(1.min(classes.len().saturating_sub(1))) };
    let found = classes.iter().position(|c| c == wanted).or_else(|| {
        let same = classes.iter().eq(model.classes.iter().map(Label::text).collect::<Vec<_>>().iter());
        if same { model.class_of(wanted) } else { classes.iter().position(|c| c.trim() == wanted.trim()) }
    });
    match found {
        Some(class) => Ok(class),
        None if classes.is_empty() => Ok(0),
        None => Err(SubjectError::PositiveUnknown { value: wanted.to_owned(), classes: classes.to_vec() }),
    }
}

fn weights(table: &Table, name: &str) -> Result<Vec<f64>, SubjectError> {
    let bad = |row: usize| SubjectError::BadWeight {
        column: name.to_owned(),
        row,
        value: table.column(name).and_then(|c| c.display_at(row)).unwrap_or_default(),
    };
    let Some(values) = table.column(name).and_then(|c| c.numbers()) else { return Err(bad(0)) };
    if let Some(row) = values.iter().position(|w| !w.is_finite() || *w < 0.0) {
        return Err(bad(row));
    }
    if values.iter().all(|w| *w == 0.0) {
        return Err(bad(0));
    }
    Ok(values.to_vec())
}

fn predict(model: &Model, table: &Table) -> Result<Prediction, SubjectError> {
    let prediction = model.predict(table).map_err(SubjectError::Predict)?;
    match prediction.scores.iter().position(|s| !s.is_finite()) {
        Some(cell) => Err(SubjectError::BadPrediction { row: cell / prediction.width.max(1) }),
        None => Ok(prediction),
    }
}

fn build_reference(
    table: &Table,
    file: DataFile,
    roles: &Roles,
    source: &Source<'_>,
) -> Result<Reference, SubjectError> {
    let model = match source.has_model {
        true => named(source.model.clone(), table, roles)?,
        false => source.model.clone(),
    };
    let (table, kept) = with_target(table, &roles.target);
    if table.rows() < MIN_ROWS {
        return Err(SubjectError::TooFewRows { rows: table.rows(), needed: MIN_ROWS });
    }
    let in_file = |e: SubjectError| e.in_file(kept.as_deref());
    let target = match table.column(&roles.target) {
        Some(column) => Some(truth::read(column, &model, roles.positive.as_deref()).map_err(in_file)?.values),
        None => None,
    };
    let roles = without_absent(&table, roles);
    let prediction = match source.has_model || roles.prediction.is_some() {
        true => Some(source.predict(&model, &table, &roles).map_err(in_file)?.0),
        false => None,
    };
    Ok(Reference { table, target, prediction, file })
}

/// The roles without stored predictions that reference data need not have.
fn without_absent(table: &Table, roles: &Roles) -> Roles {
    let has_all = roles.prediction.iter().flat_map(|p| p.columns()).all(|name| table.position(name).is_some());
    Roles { prediction: roles.prediction.clone().filter(|_| has_all), ..roles.clone() }
}
