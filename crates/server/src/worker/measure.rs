//! What is measured of jobs and stages: seconds, outcomes, spans.

use std::collections::HashMap;
use std::time::Instant;

use fine_audit::result::{StageRecord, StageStatus};
use fine_audit::stages::find;
use fine_store::{Claim, Ending, SHORT, now_ms};
use opentelemetry::KeyValue;

use crate::narrator::Narrative;
use crate::telemetry::{JOB_TRIES, QUEUE_WAIT, STAGE_SECONDS, Span, SpanKind};

/// A job was taken: how long it waited, and the span of this try, below that of the request that started it.
pub(super) fn taken(claim: &Claim) -> Span {
    let span = Span::begin(&claim.origin, SpanKind::Consumer, || {
        let attributes = [
            KeyValue::new("fine.job.id", claim.job_id.clone()),
            KeyValue::new("fine.analysis.id", claim.analysis_id.clone()),
            KeyValue::new("fine.job.attempt", i64::from(claim.snapshot.attempt)),
            KeyValue::new("fine.request.id", claim.origin.request_id.clone().unwrap_or_default()),
        ];
        ("audit".to_owned(), attributes)
    });
    if claim.is_first {
        let lane = if claim.priority >= SHORT { "short" } else { "long" };
        let waited_ms = (now_ms() - claim.accepted_at).max(0);
        metrics::histogram!(QUEUE_WAIT, "lane" => lane).record(waited_ms as f64 / 1000.0);
        span.child(Some(claim.accepted_at), || ("queue".to_owned(), [])).end();
    }
    span
}

/// A language model begins to write about a result.
pub(super) fn words(span: &Span, language: &'static str) -> Span {
    span.child(None, || ("words".to_owned(), [KeyValue::new("fine.words.language", language)]))
}

/// It has written, or given up.
pub(super) fn told(span: &Span, written: Option<&Narrative>) {
    let Some(narrative) = written else { return span.fail("not written") };
    let counts = [("fine.words.kept", narrative.kept), ("fine.words.rejected", narrative.rejected)];
    let tokens = [("fine.words.read", narrative.prompt_tokens), ("fine.words.written", narrative.completion_tokens)];
    let known = tokens.into_iter().filter_map(|(key, n)| Some((key, n?)));
    for (key, n) in counts.into_iter().chain(known) {
        span.set(key, i64::try_from(n).unwrap_or(i64::MAX));
    }
    if let Some(problem) = narrative.problem {
        span.fail(problem.word());
    }
}

/// A try has ended.
pub(super) fn tried(ending: &Ending, span: &Span) {
    let outcome = match ending {
        Ending::Done { .. } => "done",
        Ending::Failed(_) => "failed",
        Ending::Cancelled => "cancelled",
        Ending::Released => "released",
        Ending::Again(_) => "again",
        Ending::Dead(..) => "dead",
    };
    count_try(outcome);
    span.set("fine.job.outcome", outcome);
    if let Ending::Failed(problem) | Ending::Dead(problem, _) = ending {
        span.fail(problem.slug.clone());
    }
}

/// A try that came to no end: its lease was lost, or its end could not be written.
pub(super) fn count_try(outcome: &'static str) {
    metrics::counter!(JOB_TRIES, "outcome" => outcome).increment(1);
}

/// When the stages of one try began.
#[derive(Default)]
pub(super) struct Clock {
    span: Span,
    begun: HashMap<&'static str, (Instant, Span)>,
}

impl Clock {
    /// Stages are spans below this one.
    pub(super) fn below(span: Span) -> Self {
        Self { span, begun: HashMap::new() }
    }

    pub(super) fn begin(&mut self, id: &'static str) {
        let span = self.span.child(None, || (format!("stage {id}"), [KeyValue::new("fine.stage", id)]));
        self.begun.insert(id, (Instant::now(), span));
    }

    pub(super) fn end(&mut self, record: &StageRecord) {
        // Only known stages have begun, and only they become labels.
        let Some(stage) = find(&record.id).map(|stage| stage.id) else { return };
        let (seconds, span) = match self.begun.remove(stage) {
            Some((begun, span)) => (begun.elapsed().as_secs_f64(), span),
            None if matches!(record.status, StageStatus::NotRun { .. }) => (0.0, Span::default()),
            // It ran in another process, which measured it.
            None => return,
        };
        let outcome = match &record.status {
            StageStatus::Done => "done",
            StageStatus::NotRun { .. } => "not-run",
            StageStatus::Failed { .. } => "failed",
            StageStatus::Cancelled => "cancelled",
        };
        metrics::histogram!(STAGE_SECONDS, "stage" => stage, "outcome" => outcome).record(seconds);
        span.set("fine.stage.outcome", outcome);
        if let StageStatus::Failed { error, .. } = &record.status {
            span.fail(error.clone());
        }
        span.end();
    }
}
