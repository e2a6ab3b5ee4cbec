//! `fine selftest`.

mod page;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use fine_audit::estimate::Estimate;
use fine_audit::policy::Policy;
use fine_audit::selftest::{CheckRates, Options, SelfTest, run};
use fine_report::{Catalogue, Language};
use indicatif::{ProgressBar, ProgressStyle};

/// Audits synthetic data and models with planted defects, and clean twins of them, and counts for every check how often it finds
/// the defect and how often it accuses the twin.
#[derive(Debug, Args)]
pub struct SelfTestArgs {
    /// Runs of every defect and of every twin.
    #[arg(long, default_value_t = 100)]
    runs: u64,
    /// Seed of everything random.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Test only the checks of these stages, separated by commas.
    #[arg(long, value_delimiter = ',')]
    stages: Option<Vec<String>>,
    /// A policy file (TOML) instead of the embedded one.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Write the rates as a Markdown page too.
    #[arg(long, value_name = "FILE")]
    docs: Option<PathBuf>,
    /// Language of the table: en or es.
    #[arg(long, default_value = "en")]
    lang: String,
    /// Threads; all cores by default. The rates do not depend on it.
    #[arg(long)]
    threads: Option<usize>,
}

/// Runs `fine selftest`: 0 when every check finds at least 95 % of the defects and accuses no more twins than the policy's
/// `alpha`, else 1.
///
/// # Errors
/// A policy that cannot be read, stages that do not exist, a page that cannot be written.
pub fn selftest(args: &SelfTestArgs) -> Result<ExitCode> {
    let Some(language) = Language::from_tag(&args.lang) else {
        bail!("speak {:?}: the languages are en and es", args.lang);
    };
    let policy = match &args.policy {
        None => Policy::default(),
        Some(path) => super::policy::read(path)?,
    };
    let options = Options { runs: args.runs, seed: args.seed, stages: args.stages.clone(), policy };
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(args.threads.unwrap_or(0)).build().context("start threads")?;
    let bar = bar();
    let result = pool.install(|| {
        run(&options, &|done, total| {
            bar.set_length(total);
            bar.set_position(done);
            true
        })
    });
    bar.finish_and_clear();
    let result = result?;
    if let Some(path) = &args.docs {
        let text = page::markdown(&result, Catalogue::of(Language::En));
        std::fs::write(path, text).with_context(|| format!("write {}", path.display()))?;
    }
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&result).context("write the rates")?),
        false => table(&result, Catalogue::of(language)),
    }
    Ok(ExitCode::from(u8::from(!result.holds())))
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(1);
    let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {pos}/{len}  {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// What was planted for a check.
fn planted<'a>(check: &'a CheckRates, words: &'a Catalogue) -> &'a str {
    let key = format!("selftest.plants.{}", check.plant);
    words.get(&key).unwrap_or(&check.plant)
}

/// `98.0 % (92.9–99.5)`.
fn percent(rate: &Estimate) -> String {
    let part = |v: Option<f64>| v.map_or_else(|| "?".to_owned(), |v| format!("{:.1}", 100.0 * v));
    format!("{} % ({}–{})", part(rate.value), part(rate.low), part(rate.high))
}

fn found(check: &CheckRates, words: &Catalogue) -> String {
    check.detected.as_ref().map_or_else(|| words.word("selftest.impossible").to_owned(), percent)
}

fn summary(result: &SelfTest, words: &Catalogue) -> String {
    let good = result.checks.iter().filter(|c| c.holds).count();
    let share = |v: f64| format!("{} %", (1000.0 * v).round() / 10.0);
    let args = [
        ("good", good.to_string()),
        ("all", result.checks.len().to_string()),
        ("detection", share(result.detection)),
        ("level", share(result.level)),
    ];
    words.fill(words.word("selftest.summary"), &args)
}

fn table(result: &SelfTest, words: &Catalogue) {
    let word = |id: &str| words.word(&format!("selftest.{id}")).to_owned();
    println!("  {:<28} {:<20} {:<20} {}", word("check"), word("found"), word("false-alarms"), word("planted"));
    for check in &result.checks {
        let mark = if check.holds { " " } else { "✗" };
        let (found, alarms) = (found(check, words), percent(&check.false_alarms));
        println!("{mark} {:<28} {found:<20} {alarms:<20} {}", check.check, planted(check, words));
    }
    println!("\n{}", summary(result, words));
}
