//! What is audited and how: what `fine audit` and `fine compare` share.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use fine_audit::policy::Policy;
use fine_audit::run::RunOptions;
use fine_report::Language;
use fine_table::{Roles, StoredPrediction};
use serde_json::{Map, Value};

use super::open;
use crate::sandbox::{Sandbox, Sources};

/// What is audited and how.
#[derive(Debug, Args)]
pub(super) struct SetupArgs {
    /// The table to audit: CSV, TSV, Parquet, Arrow or JSON lines, also compressed with gzip or zstd.
    #[arg(long)]
    pub(super) data: PathBuf,
    /// The column with the truth.
    #[arg(long)]
    target: String,
    /// Columns whose groups are compared, separated by commas.
    #[arg(long, value_delimiter = ',')]
    protected: Vec<String>,
    /// Reference (training) data.
    #[arg(long)]
    reference: Option<PathBuf>,
    /// The positive class, as written in the data.
    #[arg(long)]
    positive: Option<String>,
    /// Column with row weights.
    #[arg(long)]
    weight: Option<String>,
    /// Column that says which rows belong together.
    #[arg(long)]
    entity: Option<String>,
    /// Column that says when a row happened.
    #[arg(long)]
    time: Option<String>,
    /// Columns to leave alone, separated by commas.
    #[arg(long, value_delimiter = ',')]
    ignore: Vec<String>,
    #[command(flatten)]
    part: open::PartArgs,
    #[command(flatten)]
    limits: open::ReadLimits,
    /// Run only these stages, separated by commas.
    #[arg(long, value_delimiter = ',')]
    stages: Option<Vec<String>>,
    /// A parameter of a stage, its value as in TOML. Repeat for more.
    #[arg(long, value_name = "STAGE.NAME=VALUE", value_parser = parameter)]
    param: Vec<(String, String, Value)>,
    /// A policy file (TOML) instead of the embedded one.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Seed of everything random.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Language of the summary and the report: en or es.
    #[arg(long, default_value = "en")]
    lang: String,
    /// Threads; all cores by default. The numbers do not depend on it.
    #[arg(long)]
    threads: Option<usize>,
}

impl SetupArgs {
    pub(super) fn language(&self) -> Result<Language> {
        match Language::from_tag(&self.lang) {
            Some(language) => Ok(language),
            None => bail!("speak {:?}: the languages are en and es", self.lang),
        }
    }

    pub(super) fn options(&self) -> Result<RunOptions> {
        let policy = match &self.policy {
            None => Policy::default(),
            Some(path) => super::policy::read(path)?,
        };
        let mut params: BTreeMap<String, Value> = BTreeMap::new();
        for (stage, name, value) in &self.param {
            params.entry(stage.clone()).or_insert_with(|| Value::Object(Map::new()))[name] = value.clone();
        }
        let options = RunOptions { policy, stages: self.stages.clone(), params, ..RunOptions::default() };
        match options.problems().into_iter().next() {
            Some(problem) => Err(problem.into()),
            None => Ok(options),
        }
    }

    /// The files of an audit of a model, or of the predictions that the table holds.
    pub(super) fn sources(&self, model: &[PathBuf], prediction: Option<StoredPrediction>) -> Result<Sources> {
        let roles = Roles {
            target: self.target.clone(),
            positive: self.positive.clone(),
            protected: self.protected.clone(),
            weight: self.weight.clone(),
            entity: self.entity.clone(),
            time: self.time.clone(),
            ignore: self.ignore.clone(),
            prediction,
        };
        Ok(Sources {
            data: open::table(&self.data, self.limits)?,
            reference: self.reference.as_deref().map(|path| open::table(path, self.limits)).transpose()?,
            model: (!model.is_empty()).then(|| open::model(model, &self.part)).transpose()?,
            roles,
            seed: self.seed,
        })
    }

    pub(super) fn sandbox(&self) -> Result<Sandbox> {
        self.limits.sandbox(self.threads)
    }

    /// File name of the table.
    pub(super) fn data_name(&self) -> String {
        self.data.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// `slices.tested=5` or `fairness.privileged_values=["Male"]`: what is no TOML value is text.
fn parameter(text: &str) -> Result<(String, String, Value), String> {
    let (name, value) = text.split_once('=').unwrap_or_default();
    let Some((stage, name)) = name.split_once('.').filter(|(stage, name)| !stage.is_empty() && !name.is_empty()) else {
        return Err("write it as STAGE.NAME=VALUE, such as slices.tested=5".to_owned());
    };
    let value = match toml::from_str::<BTreeMap<String, Value>>(&format!("value = {value}")) {
        Ok(mut read) => read.remove("value").unwrap_or_default(),
        Err(_) => Value::from(value),
    };
    Ok((stage.to_owned(), name.to_owned(), value))
}
