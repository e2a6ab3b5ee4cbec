//! `GET /audit/full/{job_id}/events`: live progress as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use fine_store::{Snapshot, Wake};
use futures::Stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::body::Path;
use crate::auth::Owner;
use crate::problem::ApiError;
use crate::state::App;

/// News whose message was lost on the way are found this often.
const POLL: Duration = Duration::from_secs(1);
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
    let news = app.store.wake.subscribe();
    app.store.job(&owner.id, &job).await?.ok_or_else(ApiError::not_found)?;
    let resume = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse::<i64>().ok());
    // A new reader needs only the newest snapshot: each is complete.
    let after = match resume {
        Some(id) => id.max(0),
        None => app.store.last_event(&job).await? - 1,
    };
    let events =
        Sse::new(follow(app, job, after, news)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive"));
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, events).into_response())
}

fn follow(
    app: App,
    job: String,
    mut after: i64,
    mut news: broadcast::Receiver<String>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut stop = app.stop.subscribe();
    async_stream::stream! {
        loop {
            let stored = match app.store.events_after(&job, after).await {
                Ok(stored) => stored,
                Err(e) => {
                    // The client comes back with its last id.
                    tracing::error!(%job, error = %e, "event stream broke");
                    return;
                }
            };
            for event in stored {
                after = event.seq;
                yield Ok(Event::default().event("status").id(event.seq.to_string()).data(event.snapshot));
            }
            match is_over(&app, &job, after).await {
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
                () = next_news(&mut news, &job) => {}
                () = tokio::time::sleep(POLL) => {}
                _ = stop.wait_for(|stopped| *stopped) => return,
            }
        }
    }
}

/// Whether the job has ended, or is gone, and everything was sent.
async fn is_over(app: &App, job: &str, after: i64) -> Result<bool, fine_store::StoreError> {
    let Some((last, snapshot)) = app.store.newest_event(job).await? else { return Ok(true) };
    let snapshot: Snapshot = serde_json::from_str(&snapshot)?;
    Ok(snapshot.state.is_final() && after >= last)
}

async fn next_news(news: &mut broadcast::Receiver<String>, job: &str) {
    loop {
        match news.recv().await {
            Ok(id) if !Wake::concerns(&id, job) => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            // The store lives as long as the server.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
