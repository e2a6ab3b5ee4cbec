//! The known-answer self-test: synthetic tables and models with planted defects and their clean twins are audited, and
//! for every check it is counted how often the defect is found and how often the twin is accused.
//!
//! Everything is drawn from (seed, plant, run), so the same options give the same counts for any number of threads. A
//! defect counts as found only by an `issue` or a `watch` of its own check at the place where it was planted. The words
//! for plants and reasons are in the catalogues.

mod models;
mod people;
mod plants;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::plants::{PLANTS, Plant};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome};
use crate::policy::Policy;
use crate::rng::unit_rng;
use crate::run::{RunOptions, Silent, run_audit};
use crate::stages::REGISTRY;
use crate::stats::proportion::share;
use crate::subject::{Subject, SubjectError};

/// Least share of the planted defects that every check must find.
pub const DETECTION: f64 = 0.95;

/// What to test, and how often.
#[derive(Clone, Debug)]
pub struct Options {
    /// Runs of each plant and of its twin.
    pub runs: u64,
    /// Seed of everything random.
    pub seed: u64,
    /// Stage ids; `None` tests all.
    pub stages: Option<Vec<String>>,
    /// The limits; the declared level of false alarms is their `alpha`.
    pub policy: Policy,
}

/// Rates of all checks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    /// Version of the engine.
    pub engine_version: String,
    /// Runs of each plant and of its twin.
    pub runs: u64,
    /// Seed.
    pub seed: u64,
    /// Name and version of the policy.
    pub policy: [String; 2],
    /// Least detection rate: [`DETECTION`].
    pub detection: f64,
    /// Largest rate of false alarms: `alpha` of the policy.
    pub level: f64,
    /// One entry a check, in registry order.
    pub checks: Vec<CheckRates>,
}

/// Rates of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckRates {
    /// Stage id.
    pub stage: String,
    /// Check code.
    pub check: String,
    /// Id of the plant.
    pub plant: String,
    /// Share of runs that found the defect, with Wilson's interval; `None` where no model or table can have one.
    pub detected: Option<Estimate>,
    /// Share of runs that accused the clean twin, with Wilson's interval.
    pub false_alarms: Estimate,
    /// Worst outcome at the planted place, by runs.
    pub planted: BTreeMap<Outcome, u64>,
    /// Worst outcome anywhere, by runs of the clean twin.
    pub clean: BTreeMap<Outcome, u64>,
    /// Detection and false alarms are what is declared, and the check never failed to answer.
    pub holds: bool,
}

impl SelfTest {
    /// Every check holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|c| c.holds)
    }
}

/// Why there are no rates.
#[derive(Debug, thiserror::Error)]
pub enum SelfTestError {
    /// No stage has this id.
    #[error("find stage {0:?}")]
    UnknownStage(String),
    /// No plant is of these stages, or no run was asked for.
    #[error("test nothing: there are no runs or no stages")]
    Nothing,
    /// A planted subject that cannot be audited: a defect of the self-test.
    #[error("plant {plant:?}: {error}")]
    Plant {
        /// Id of the plant.
        plant: &'static str,
        /// Why.
        error: Box<SubjectError>,
    },
    /// Asked to stop.
    #[error("finish: cancelled")]
    Cancelled,
}

/// Runs the self-test. `tick(done, total)` counts audits and answers `false` to stop; it may come from any thread.
///
/// # Errors
/// See [`SelfTestError`].
pub fn run(options: &Options, tick: &(dyn Fn(u64, u64) -> bool + Sync)) -> Result<SelfTest, SelfTestError> {
    if let Some(id) = options.stages.iter().flatten().find(|id| crate::stages::find(id).is_none()) {
        return Err(SelfTestError::UnknownStage(id.clone()));
    }
    let wanted = |p: &&Plant| options.stages.as_ref().is_none_or(|s| s.iter().any(|id| id == p.stage));
    let plants: Vec<&Plant> = PLANTS.iter().copied().flatten().filter(wanted).collect();
    let total = 2 * options.runs * plants.len() as u64;
    if total == 0 {
        return Err(SelfTestError::Nothing);
    }
    let done = AtomicU64::new(0);
    let units: Vec<(usize, u64)> = (0..plants.len()).flat_map(|p| (0..options.runs).map(move |run| (p, run))).collect();
    let one = |(plant, run): &(usize, u64)| -> Result<(usize, [Vec<Outcome>; 2]), SelfTestError> {
        let twins = [true, false].map(|planted| {
            let heard = hear(plants[*plant], *run, planted, options);
            match tick(done.fetch_add(1, Ordering::Relaxed) + 1, total) {
                true => heard,
                false => Err(SelfTestError::Cancelled),
            }
        });
        let [planted, clean] = twins;
        Ok((*plant, [planted?, clean?]))
    };
    let heard: Vec<(usize, [Vec<Outcome>; 2])> = units.par_iter().map(one).collect::<Result<_, SelfTestError>>()?;
    Ok(SelfTest {
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        runs: options.runs,
        seed: options.seed,
        policy: [options.policy.name.clone(), options.policy.version.clone()],
        detection: DETECTION,
        level: options.policy.alpha,
        checks: rates(&plants, &heard, options.policy.alpha),
    })
}

/// The worst outcome of each check of a plant, in the order of [`Plant::checks`].
fn hear(plant: &Plant, run: u64, planted: bool, options: &Options) -> Result<Vec<Outcome>, SelfTestError> {
    // Twins are drawn alike, so that they are the same people but for the defect.
    let mut rng = unit_rng(options.seed, &format!("selftest/{}", plant.id), run);
    let mut inputs = (plant.make)(&mut rng, planted && plant.defect);
    inputs.seed = options.seed.wrapping_add(run);
    let refused = |error| SelfTestError::Plant { plant: plant.id, error: Box::new(error) };
    let subject = Subject::build(inputs).map_err(refused)?;
    let params: Option<Value> =
        plant.params.map(|text| serde_json::from_str(text).expect("the parameters of a plant are JSON"));
    let options = RunOptions {
        policy: options.policy.clone(),
        stages: Some(vec![plant.stage.to_owned()]),
        params: params.into_iter().map(|p| (plant.stage.to_owned(), p)).collect(),
        ..RunOptions::default()
    };
    let result = run_audit(&subject, &options, &Silent);
    let worst = |check: &&str| {
        let of_check = result.findings.iter().filter(|f| f.check == **check);
        let here = of_check.filter(|f| !planted || !is_alarm(f.outcome) || (plant.at)(&f.scope));
        here.map(|f: &Finding| f.outcome).max_by_key(|o| loudness(*o)).unwrap_or(Outcome::NotApplicable)
    };
    Ok(plant.checks.iter().map(worst).collect())
}

/// The check says that something is wrong.
fn is_alarm(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Issue | Outcome::Watch)
}

/// Of several findings of a check an alarm is heard before a failure, and that before what settles nothing.
fn loudness(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::NotApplicable => 0,
        Outcome::Pass => 1,
        Outcome::Inconclusive => 2,
        Outcome::Errored => 3,
        Outcome::Watch => 4,
        Outcome::Issue => 5,
    }
}

fn rates(plants: &[&Plant], heard: &[(usize, [Vec<Outcome>; 2])], level: f64) -> Vec<CheckRates> {
    let mut checks = Vec::new();
    for (entry, check) in REGISTRY.iter().flat_map(|e| e.checks.iter().map(move |c| (e, *c))) {
        for (at, plant) in plants.iter().enumerate() {
            let Some(place) = plant.checks.iter().position(|c| *c == check) else { continue };
            let count = |twin: usize| {
                let mut counts: BTreeMap<Outcome, u64> = BTreeMap::new();
                let own = heard.iter().filter(|h| h.0 == at);
                own.for_each(|h| *counts.entry(h.1[twin][place]).or_default() += 1);
                counts
            };
            checks.push(CheckRates::of(entry.id, check, plant, [count(0), count(1)], level));
        }
    }
    checks
}

impl CheckRates {
    fn of(stage: &str, check: &str, plant: &Plant, counts: [BTreeMap<Outcome, u64>; 2], level: f64) -> Self {
        let rate = |counts: &BTreeMap<Outcome, u64>| {
            let alarms = counts.iter().filter(|c| is_alarm(*c.0)).map(|c| c.1).sum();
            share(alarms, counts.values().sum())
        };
        let [planted, clean] = counts;
        let detected = plant.defect.then(|| rate(&planted));
        let false_alarms = rate(&clean);
        let found = detected.as_ref().is_none_or(|d| d.value.is_some_and(|v| v >= DETECTION));
        let quiet = false_alarms.value.is_some_and(|v| v <= level);
        // A check without an answer on the clean twin gives no false alarm, and that proves nothing.
        let answers = [Outcome::Errored, Outcome::NotApplicable].iter().all(|o| !clean.contains_key(o));
        Self {
            stage: stage.to_owned(),
            check: check.to_owned(),
            plant: plant.id.to_owned(),
            detected,
            false_alarms,
            holds: found && quiet && answers && !planted.contains_key(&Outcome::Errored),
            planted,
            clean,
        }
    }
}
