//! `fine predict`: the library's own predictions for a table.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use fine_model::{Label, Model, Prediction, ScoreKind};
use fine_table::{Column, NumberKind, Table};

use super::open;
use crate::sandbox::{Predicted, TableFormat, Task};

/// Predicts the rows of a table as the model's own library would.
#[derive(Debug, Args)]
pub struct PredictArgs {
    /// The model file. Repeat for a model in several files: transformers first, in order.
    #[arg(long, required = true)]
    model: Vec<PathBuf>,
    /// The table.
    #[arg(long)]
    data: PathBuf,
    /// Where to write: `.csv` or `.parquet`; standard output (CSV) without it.
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    part: open::PartArgs,
    #[command(flatten)]
    limits: open::ReadLimits,
}

/// Runs `fine predict`.
///
/// # Errors
/// Files that cannot be read, a table without the model's columns, an output that cannot be written.
pub fn predict(args: &PredictArgs) -> Result<ExitCode> {
    let format = match args.out.as_deref().map(|path| path.extension().and_then(|e| e.to_str())) {
        None | Some(Some("csv")) => TableFormat::Csv,
        Some(Some("parquet")) => TableFormat::Parquet,
        Some(_) => bail!("write the predictions: the name of --out must end in .csv or .parquet"),
    };
    let model = open::model(&args.model, &args.part)?;
    let title = model.title();
    let task = Task::Predict(model, open::table(&args.data, args.limits)?, format);
    let sandbox = args.limits.sandbox(None)?;
    let (answer, bytes) = sandbox
        .run_raw(task, &mut |_, _| None, &|| false)
        .map_err(open::said)
        .with_context(|| format!("predict {} with {title}", args.data.display()))?;
    let Predicted { rows } = serde_json::from_str(answer.get()).context("read the answer")?;
    match &args.out {
        None => std::io::stdout().write_all(&bytes).context("write the predictions")?,
        Some(path) => {
            std::fs::write(path, bytes).with_context(|| format!("write {}", path.display()))?;
            eprintln!("{rows} rows -> {}", path.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `prediction`, and for classifiers `p_<class>` in class order (`d_<class>` where the model has decision values only).
pub(crate) fn prediction_table(model: &Model, prediction: &Prediction) -> Result<Table> {
    let mut columns = vec![label_column(model, prediction)];
    let prefix = match prediction.kind {
        ScoreKind::Probability => Some("p_"),
        ScoreKind::Decision => Some("d_"),
        ScoreKind::Label | ScoreKind::Value => None,
    };
    if let Some(prefix) = prefix {
        for (i, class) in model.classes.iter().enumerate() {
            columns.push(Column::number(format!("{prefix}{}", class.text()), NumberKind::Float, prediction.column(i)));
        }
    }
    Table::new(columns).context("build the table of predictions")
}

fn label_column(model: &Model, prediction: &Prediction) -> Column {
    let name = "prediction";
    if model.classes.is_empty() {
        return Column::number(name, NumberKind::Float, prediction.column(0));
    }
    let number = |label: &Label| match label {
        Label::Int(i) => Some((NumberKind::Int, *i as f64)),
        Label::Float(f) => Some((NumberKind::Float, *f)),
        Label::Bool(b) => Some((NumberKind::Bool, f64::from(u8::from(*b)))),
        Label::Text(_) => None,
    };
    let numbers: Option<Vec<_>> = model.classes.iter().map(number).collect();
    match numbers {
        Some(classes) => {
            let kind = classes[0].0;
            Column::number(name, kind, prediction.labels.iter().map(|l| classes[*l as usize].1).collect())
        }
        None => Column::text(name, prediction.labels.iter().map(|l| Some(model.classes[*l as usize].text()))),
    }
}
