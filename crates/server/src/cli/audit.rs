//! `fine audit`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use fine_audit::diagnosis::is_risk;
use fine_audit::finding::{Finding, Outcome};
use fine_audit::policy::Policy;
use fine_audit::result::AuditResult;
use fine_audit::run::{Observer, RunOptions};
use fine_report::{Catalogue, Language, finding_sentence, finding_title, statement_sentence, text_report};
use fine_table::{Roles, StoredPrediction};
use serde_json::{Map, Value};

use super::open;
use super::progress::Bars;
use crate::sandbox::{Message, ModelFile, Sources, Task};

/// Audits a model on a table.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// The table to audit: CSV, TSV, Parquet, Arrow or JSON lines, also compressed with gzip or zstd.
    #[arg(long)]
    data: PathBuf,
    /// The model file: scikit-learn pickle, joblib or skops, XGBoost JSON or UBJ, LightGBM text, CatBoost, ONNX. Without it
    /// the predictions in the table are audited. Repeat for a model in several files: transformers first, in order.
    #[arg(long)]
    model: Vec<PathBuf>,
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
    /// Column with the predicted class or number: instead of a model, or to prove that the model was read rightly.
    #[arg(long, value_name = "COLUMN")]
    prediction: Option<String>,
    /// Column with the probability of a class; of two classes one is enough. Repeat for more.
    #[arg(long, value_name = "CLASS=COLUMN", value_parser = class_column)]
    probability: Vec<(String, String)>,
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
    /// Folder for result.json and report.txt.
    #[arg(long, default_value = "fine-audit")]
    out: PathBuf,
    /// Language of the summary and the report: en or es.
    #[arg(long, default_value = "en")]
    lang: String,
    /// Threads; all cores by default. The numbers do not depend on it.
    #[arg(long)]
    threads: Option<usize>,
}

/// Runs `fine audit`: 0 pass (also with warnings), 1 issues, 2 error, 3 inconclusive.
///
/// # Errors
/// Files that cannot be read or do not belong together, options that no stage knows, an output folder that cannot be
/// written.
pub fn audit(args: &AuditArgs) -> Result<ExitCode> {
    let Some(language) = Language::from_tag(&args.lang) else {
        bail!("speak {:?}: the languages are en and es", args.lang);
    };
    let words = Catalogue::of(language);
    let started = Instant::now();
    let options = options(args)?;
    let sources = sources(args)?;
    let model = sources.model.as_ref().map(ModelFile::title);
    let task = Task::Audit(Box::new(sources), Box::new(options));
    let bars = Bars::new(words);
    let mut read_s = 0.0;
    let mut hear = |message: Message| {
        if matches!(message, Message::Weights(_)) {
            read_s = started.elapsed().as_secs_f64();
        }
        if let Some(event) = message.event() {
            bars.event(&event);
        }
    };
    let sandbox = args.limits.sandbox(args.threads)?;
    let result: AuditResult =
        sandbox.run(task, &mut hear, &|| false).map_err(open::said).with_context(|| match &model {
            Some(model) => format!("audit {} with {model}", args.data.display()),
            None => format!("audit {}", args.data.display()),
        })?;
    let data = args.data.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    let title = model.iter().map(String::as_str).chain([&*data]).collect::<Vec<_>>().join(" · ");
    write(&args.out, &result, &title, language)?;
    summary(&result, words);
    println!(
        "\n{}  ({:.1} s, {read_s:.1} s of it reading)",
        args.out.join("report.txt").display(),
        started.elapsed().as_secs_f64()
    );
    Ok(exit(result.verdict))
}

fn options(args: &AuditArgs) -> Result<RunOptions> {
    let policy = match &args.policy {
        None => Policy::default(),
        Some(path) => super::policy::read(path)?,
    };
    let mut params: BTreeMap<String, Value> = BTreeMap::new();
    for (stage, name, value) in &args.param {
        params.entry(stage.clone()).or_insert_with(|| Value::Object(Map::new()))[name] = value.clone();
    }
    let options = RunOptions { policy, stages: args.stages.clone(), params, ..RunOptions::default() };
    match options.problems().into_iter().next() {
        Some(problem) => Err(problem.into()),
        None => Ok(options),
    }
}

fn sources(args: &AuditArgs) -> Result<Sources> {
    let roles = Roles {
        target: args.target.clone(),
        positive: args.positive.clone(),
        protected: args.protected.clone(),
        weight: args.weight.clone(),
        entity: args.entity.clone(),
        time: args.time.clone(),
        ignore: args.ignore.clone(),
        prediction: StoredPrediction {
            label: args.prediction.clone(),
            probabilities: args.probability.iter().cloned().collect(),
        }
        .if_any(),
    };
    Ok(Sources {
        data: open::table(&args.data, args.limits)?,
        reference: args.reference.as_deref().map(|path| open::table(path, args.limits)).transpose()?,
        model: (!args.model.is_empty()).then(|| open::model(&args.model, &args.part)).transpose()?,
        roles,
        seed: args.seed,
    })
}

/// `yes=p_yes`: the last `=` divides, because classes may have one.
fn class_column(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((class, column)) if !class.is_empty() && !column.is_empty() => Ok((class.to_owned(), column.to_owned())),
        _ => Err("write it as CLASS=COLUMN, such as yes=p_yes".to_owned()),
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

fn write(folder: &Path, result: &AuditResult, title: &str, language: Language) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let json = serde_json::to_vec_pretty(result).context("write the result")?;
    for (name, bytes) in [("result.json", json), ("report.txt", text_report(result, title, language).into_bytes())] {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

fn summary(result: &AuditResult, words: &Catalogue) {
    println!();
    for statement in &result.diagnosis.summary {
        println!("{}", statement_sentence(statement, words));
    }
    for (mark, outcome) in [("✗", Outcome::Issue), ("!", Outcome::Watch), ("?", Outcome::Inconclusive)] {
        let counts = |f: &&Finding| f.outcome == outcome && (outcome != Outcome::Watch || is_risk(f));
        let found: Vec<_> = result.findings.iter().filter(counts).collect();
        for finding in found.iter().take(12) {
            println!("  {mark} {}: {}", finding_title(finding, words), finding_sentence(finding, words));
        }
        if found.len() > 12 {
            println!("  {mark} +{}", found.len() - 12);
        }
    }
}

fn exit(verdict: Outcome) -> ExitCode {
    ExitCode::from(match verdict {
        Outcome::Pass | Outcome::Watch => 0,
        Outcome::Issue => 1,
        Outcome::Errored => 2,
        Outcome::Inconclusive | Outcome::NotApplicable => 3,
    })
}
