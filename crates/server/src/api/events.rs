//! `GET /audit/full/{job_id}/events`: live progress as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use fine_store::{JobState, Reader, Snapshot};
use futures::Stream;
use serde::Deserialize;

use super::body::Path;
use crate::auth::Owner;
use crate::problem::ApiError;
use crate::state::App;
use crate::telemetry::{SSE_EVENTS, SSE_STREAMS};

/// A stream looks by itself this often; the store finds lost news sooner, for all streams at once.
const POLL: Duration = Duration::from_secs(30);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Live progress: `event: status` with a complete snapshot and a rising `id`, `event: done` at the end.
#[utoipa::path(get, path = "/audit/full/{job_id}/events", tag = "audits",
    params(("job_id" = String, Path), ("Last-Event-ID" = Option<i64>, Header, description = "Resumes after this event")),
    responses((status = 200, body = Snapshot, content_type = "text/event-stream"), (status = 404)))]
pub(super) async fn stream(
    State(app): State<App>,
    owner: Owner,
    Path(job): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    app.store.job(&owner.id, &job).await?.ok_or_else(ApiError::not_found)?;
    let reader = app.store.wake.subscribe(&job);
    let resume = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse::<i64>().ok());
    // A new reader needs only the newest snapshot: each is complete.
    let after = match resume {
        Some(id) => id.max(0),
        None => app.store.last_event(&job).await? - 1,
    };
    Ok(event_stream(follow(app, job, after, reader)))
}

/// An answer that is a stream of events: nobody stores or holds it up, and it says that it lives.
pub(super) fn event_stream(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive"));
    (headers, events).into_response()
}

fn follow(app: App, job: String, mut after: i64, mut reader: Reader) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut stop = app.stop.subscribe();
    let open = Open::new();
    async_stream::stream! {
        let _open = open;
        loop {
            // In boxes, because what a stream holds while it waits is what thousands of them hold.
            let stored = match Box::pin(app.store.events_after(&job, after)).await {
                Ok(stored) => stored,
                Err(e) => {
                    // The client comes back with its last id.
                    tracing::error!(%job, error = %e, "event stream broke");
                    return;
                }
            };
            let mut ended = None;
            for event in stored {
                ended = Some(is_final(&event.snapshot));
                after = event.seq;
                metrics::counter!(SSE_EVENTS).increment(1);
                yield Ok(Event::default().event("status").id(event.seq.to_string()).data(event.snapshot));
            }
            let over = match ended {
                Some(ended) => Ok(ended),
                None => Box::pin(is_over(&app, &job, after)).await,
            };
            match over {
                Ok(false) => {}
                Ok(true) => {
                    yield Ok(Event::default().event("done").data("{}"));
                    return;
                }
                Err(e) => {
                    tracing::error!(%job, error = %e, "event stream broke");
                    return;
                }
            }
            tokio::select! {
                () = reader.news() => {}
                () = tokio::time::sleep(POLL) => {}
                _ = stop.wait_for(|stopped| *stopped) => return,
            }
        }
    }
}

/// Counts an open stream.
struct Open;

impl Open {
    fn new() -> Self {
        metrics::gauge!(SSE_STREAMS).increment(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!(SSE_STREAMS).decrement(1.0);
    }
}

/// Whether the job has ended, or is gone, and everything was sent.
async fn is_over(app: &App, job: &str, after: i64) -> Result<bool, fine_store::StoreError> {
    let Some((last, snapshot)) = app.store.newest_event(job).await? else { return Ok(true) };
    Ok(is_final(&snapshot) && after >= last)
}

/// Whether a snapshot is the last one.
fn is_final(snapshot: &str) -> bool {
    #[derive(Deserialize)]
    struct Head {
        state: JobState,
    }
    serde_json::from_str::<Head>(snapshot).is_ok_and(|head| head.state.is_final())
}
