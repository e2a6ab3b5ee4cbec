//! Progress bars of an audit: one line a stage.

use std::sync::Mutex;
use std::time::Duration;

use fine_audit::finding::Outcome;
use fine_audit::result::StageStatus;
use fine_audit::run::{Event, Observer};
use fine_report::Catalogue;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Draws the stages as they run; where standard error is no terminal, one line a finished stage.
pub(super) struct Bars {
    all: MultiProgress,
    running: Mutex<Option<ProgressBar>>,
    words: &'static Catalogue,
    terminal: bool,
}

impl Bars {
    pub(super) fn new(words: &'static Catalogue) -> Self {
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        Self { all: MultiProgress::new(), running: Mutex::new(None), words, terminal }
    }

    fn title(&self, id: &str) -> String {
        self.words.word(&format!("stages.{id}.title")).to_owned()
    }

    fn finished(&self, id: &str, status: &StageStatus, outcomes: &[Outcome]) {
        let count = |o: Outcome| outcomes.iter().filter(|x| **x == o).count();
        let text = match status {
            StageStatus::Done => {
                let parts = [Outcome::Issue, Outcome::Watch, Outcome::Inconclusive, Outcome::Pass].map(|o| {
                    let word = self.words.word(&format!("outcomes.{}", word(o))).to_owned();
                    (count(o), word)
                });
                let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
                said.join(", ")
            }
            StageStatus::NotRun { reason } => self.words.word(&format!("reasons.{reason}")).to_owned(),
            StageStatus::Failed { error, detail } => format!("{error}: {detail}"),
            StageStatus::Cancelled => self.words.word("reasons.stage-cancelled").to_owned(),
        };
        let line = format!("{:<14} {text}", self.title(id));
        let bar = self.running.lock().ok().and_then(|mut b| b.take());
        match bar {
            Some(bar) if self.terminal => {
                bar.set_style(style("{msg}"));
                bar.finish_with_message(line);
            }
            _ if self.terminal => {
                let _ = self.all.println(line);
            }
            _ => eprintln!("{line}"),
        }
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Issue => "issue",
        Outcome::Watch => "watch",
        Outcome::Inconclusive => "inconclusive",
        Outcome::Pass => "pass",
        Outcome::Errored => "errored",
        Outcome::NotApplicable => "not-applicable",
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Observer for Bars {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::StageStarted { id, .. } if self.terminal => {
                let bar = self.all.add(ProgressBar::new(1));
                bar.set_style(style("{msg:<14} {bar:30} {percent:>3} %  {elapsed}"));
                bar.set_message(self.title(id));
                bar.enable_steady_tick(Duration::from_millis(200));
                if let Ok(mut running) = self.running.lock() {
                    *running = Some(bar);
                }
            }
            Event::StageStarted { .. } => {}
            Event::Tick { done, total, .. } => {
                if let Ok(running) = self.running.lock()
                    && let Some(bar) = running.as_ref()
                {
                    bar.set_length((*total).max(1));
                    bar.set_position(*done);
                }
            }
            Event::StageFinished { record, findings } => {
                let outcomes: Vec<Outcome> = findings.iter().map(|f| f.outcome).collect();
                self.finished(&record.id, &record.status, &outcomes);
            }
        }
    }
}
