//! Every check has a plant, and a few runs of all of them find the defects and leave the twins alone.

use super::*;

fn options(runs: u64, stages: Option<&[&str]>) -> Options {
    let stages = stages.map(|s| s.iter().map(|id| (*id).to_owned()).collect());
    Options { runs, seed: 3, stages, policy: Policy::default() }
}

#[test]
fn every_check_of_the_registry_has_a_plant_in_its_own_stage() {
    let planted: Vec<(&str, &str)> =
        PLANTS.iter().copied().flatten().flat_map(|p| p.checks.iter().map(|c| (p.stage, *c))).collect();
    for entry in REGISTRY {
        for check in entry.checks {
            assert!(planted.contains(&(entry.id, check)), "{check}: no plant of {} is for it", entry.id);
        }
    }
    for (stage, check) in planted {
        let entry = crate::stages::find(stage).unwrap_or_else(|| panic!("{stage}"));
        assert!(entry.checks.contains(&check), "{check} is no check of {stage}");
    }
}

#[test]
fn a_few_runs_find_every_defect_and_leave_the_twins_alone() {
    let result = run(&options(2, None), &|_, _| true).expect("rates");
    let said = |c: &CheckRates| format!("{} {}: planted {:?}, clean {:?}", c.check, c.plant, c.planted, c.clean);
    for c in &result.checks {
        assert!(c.detected.as_ref().is_none_or(|d| d.value == Some(1.0)), "{}", said(c));
        assert!(
            !c.clean.contains_key(&Outcome::Errored) && !c.clean.contains_key(&Outcome::NotApplicable),
            "{}",
            said(c)
        );
    }
    // Two runs say nothing about the rate of one check; all checks together keep to the level.
    let alarms: Vec<String> = result.checks.iter().filter(|c| c.false_alarms.value > Some(0.0)).map(said).collect();
    assert!(alarms.len() as f64 <= result.level * result.checks.len() as f64, "{}", alarms.join("\n"));
}

#[test]
fn rates_do_not_depend_on_threads_and_follow_the_seed() {
    let with = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let options = Options { seed, ..options(3, Some(&["data", "leakage"])) };
        pool.install(|| serde_json::to_string(&run(&options, &|_, _| true).expect("rates")).expect("JSON"))
    };
    assert_eq!(with(1, 5), with(2, 5));
    assert!(with(1, 6).contains("\"seed\":6"));
}

#[test]
fn a_check_that_finds_nothing_or_accuses_the_clean_does_not_hold() {
    let plant = PLANTS[0].first().expect("a plant");
    let rates = |planted: &[(Outcome, u64)], clean: &[(Outcome, u64)]| {
        let counts = [planted, clean].map(|c| c.iter().copied().collect());
        CheckRates::of("data", "DATA-CONSTANT", plant, counts, 0.05)
    };
    let found = [(Outcome::Issue, 19), (Outcome::Pass, 1)];
    assert!(rates(&found, &[(Outcome::Pass, 20)]).holds);
    assert!(!rates(&[(Outcome::Watch, 18), (Outcome::Inconclusive, 2)], &[(Outcome::Pass, 20)]).holds);
    assert!(rates(&found, &[(Outcome::Pass, 19), (Outcome::Watch, 1)]).holds, "5 % are declared");
    assert!(!rates(&found, &[(Outcome::Pass, 18), (Outcome::Watch, 2)]).holds);
    assert!(!rates(&found, &[(Outcome::Pass, 19), (Outcome::Errored, 1)]).holds, "a crash is no silence");
    assert!(!rates(&found, &[(Outcome::NotApplicable, 20)]).holds, "a check that was not asked proves nothing");
    let detected = rates(&found, &[(Outcome::Pass, 20)]).detected.expect("a rate");
    assert_eq!((detected.value, detected.n), (Some(0.95), 20));
    assert!(detected.low.is_some_and(|low| (0.76..0.77).contains(&low)), "Wilson: {detected:?}");
}

#[test]
fn what_cannot_be_tested_is_refused_and_a_stop_is_heard() {
    let nothing = run(&options(0, None), &|_, _| true);
    assert!(matches!(nothing, Err(SelfTestError::Nothing)));
    let unknown = run(&options(1, Some(&["nowhere"])), &|_, _| true);
    assert!(matches!(unknown, Err(SelfTestError::UnknownStage(id)) if id == "nowhere"));
    let stopped = run(&options(1, Some(&["data"])), &|done, _| done < 2);
    assert!(matches!(stopped, Err(SelfTestError::Cancelled)));
}
