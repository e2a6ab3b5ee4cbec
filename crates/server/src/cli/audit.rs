//! `fine audit`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use fine_audit::diagnosis::is_risk;
use fine_audit::finding::{Finding, Outcome};
use fine_audit::result::AuditResult;
use fine_audit::run::{Observer, RunOptions};
use fine_report::{Catalogue, Language, finding_sentence, finding_title, statement_sentence, text_report};
use fine_table::StoredPrediction;

use super::open;
use super::progress::Bars;
use super::setup::SetupArgs;
use crate::sandbox::{Message, ModelFile, Sources, Task};

/// Audits a model on a table.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    setup: SetupArgs,
    /// The model file: scikit-learn pickle, joblib or skops, XGBoost JSON or UBJ, LightGBM text, CatBoost, ONNX. Without it
    /// the predictions in the table are audited. Repeat for a model in several files: transformers first, in order.
    #[arg(long)]
    model: Vec<PathBuf>,
    /// Column with the predicted class or number: instead of a model, or to prove that the model was read rightly.
    #[arg(long, value_name = "COLUMN")]
    prediction: Option<String>,
    /// Column with the probability of a class; of two classes one is enough. Repeat for more.
    #[arg(long, value_name = "CLASS=COLUMN", value_parser = class_column)]
    probability: Vec<(String, String)>,
    /// Folder for result.json and report.txt.
    #[arg(long, default_value = "fine-audit")]
    out: PathBuf,
}

/// Runs `fine audit`: 0 pass (also with warnings), 1 issues, 2 error, 3 inconclusive.
///
/// # Errors
/// Files that cannot be read or do not belong together, options that no stage knows, an output folder that cannot be
/// written.
pub fn audit(args: &AuditArgs) -> Result<ExitCode> {
    let language = args.setup.language()?;
    let words = Catalogue::of(language);
    let started = Instant::now();
    let options = args.setup.options()?;
    let stored =
        StoredPrediction { label: args.prediction.clone(), probabilities: args.probability.iter().cloned().collect() };
    let sources = args.setup.sources(&args.model, stored.if_any())?;
    let model = sources.model.as_ref().map(ModelFile::title);
    let mut read_s = 0.0;
    let read = || read_s = started.elapsed().as_secs_f64();
    let result = run(&args.setup, sources, options, words, read)?;
    let title = model.into_iter().chain([args.setup.data_name()]).collect::<Vec<_>>().join(" · ");
    write(&args.out, &result, &title, language)?;
    summary(&result, words);
    println!(
        "\n{}  ({:.1} s, {read_s:.1} s of it reading)",
        args.out.join("report.txt").display(),
        started.elapsed().as_secs_f64()
    );
    Ok(exit(result.verdict))
}

/// Audits with a line a stage on standard error; `read` is called when the files have been read.
pub(super) fn run(
    setup: &SetupArgs,
    sources: Sources,
    options: RunOptions,
    words: &'static Catalogue,
    mut read: impl FnMut(),
) -> Result<AuditResult> {
    let model = sources.model.as_ref().map(ModelFile::title);
    let task = Task::Audit(Box::new(sources), Box::new(options));
    let bars = Bars::new(words);
    let mut hear = |message: Message| {
        if matches!(message, Message::Weights(_)) {
            read();
        }
        if let Some(event) = message.event() {
            bars.event(&event);
        }
    };
    setup.sandbox()?.run(task, &mut hear, &|| false).map_err(open::said).with_context(|| match &model {
        Some(model) => format!("audit {} with {model}", setup.data.display()),
        None => format!("audit {}", setup.data.display()),
    })
}

/// `yes=p_yes`: the last `=` divides, because classes may have one.
fn class_column(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((class, column)) if !class.is_empty() && !column.is_empty() => Ok((class.to_owned(), column.to_owned())),
        _ => Err("write it as CLASS=COLUMN, such as yes=p_yes".to_owned()),
    }
}

fn write(folder: &Path, result: &AuditResult, title: &str, language: Language) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let json = serde_json::to_vec_pretty(result).context("write the result")?;
    for (name, bytes) in
        [("result.json", json), ("report.txt", text_report(result, title, language, None).into_bytes())]
    {
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
