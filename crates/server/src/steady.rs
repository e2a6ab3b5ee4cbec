//! Request bodies must come steadily: a client that stops in the middle, or sends a byte now and then, does not hold a handler.

use std::io;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt;
use tokio::time::{Instant, timeout};

/// How slow a client may be. Only time spent waiting for it counts, not the time that the server takes.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// Longest silence.
    silence: Duration,
    /// After this time of waiting the average counts.
    grace: Duration,
    /// Lowest average, in bytes a second.
    least: u64,
}

const PACE: Pace = Pace { silence: Duration::from_secs(30), grace: Duration::from_secs(60), least: 1024 };

/// Lets handlers read bodies that come steadily, and breaks off others.
pub(crate) async fn steady(request: Request, next: Next) -> Response {
    next.run(request.map(|body| if body.is_end_stream() { body } else { paced(body, PACE) })).await
}

fn paced(body: Body, pace: Pace) -> Body {
    let mut chunks = body.into_data_stream();
    Body::from_stream(async_stream::stream! {
        let (mut waited, mut bytes) = (Duration::ZERO, 0u64);
        loop {
            let start = Instant::now();
            let chunk = match timeout(pace.silence, chunks.next()).await {
                Ok(Some(Ok(chunk))) => chunk,
                Ok(Some(Err(e))) => {
                    yield Err(io::Error::other(e));
                    return;
                }
                Ok(None) => return,
                Err(_) => {
                    yield Err(io::Error::new(io::ErrorKind::TimedOut, "nothing came for too long"));
                    return;
                }
            };
            waited += start.elapsed();
            bytes += chunk.len() as u64;
            if waited > pace.grace && (bytes as f64) < pace.least as f64 * waited.as_secs_f64() {
                yield Err(io::Error::new(io::ErrorKind::TimedOut, "it came too slowly"));
                return;
            }
            yield Ok(chunk);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Bytes, to_bytes};
    use futures::stream;

    const QUICK: Pace = Pace { silence: Duration::from_millis(200), grace: Duration::from_millis(400), least: 1000 };

    /// A body of pieces, each after a pause.
    fn body(pieces: usize, size: usize, pause_ms: u64) -> Body {
        Body::from_stream(stream::unfold(0, move |n| async move {
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            (n < pieces).then(|| (Ok::<_, io::Error>(Bytes::from(vec![b'x'; size])), n + 1))
        }))
    }

    async fn read(body: Body) -> Result<usize, String> {
        let read = to_bytes(paced(body, QUICK), usize::MAX).await;
        read.map(|b| b.len()).map_err(|e| std::error::Error::source(&e).map_or(e.to_string(), ToString::to_string))
    }

    #[tokio::test]
    async fn a_body_may_be_slow_but_must_come() {
        assert_eq!(read(body(20, 1000, 40)).await, Ok(20_000));
        let silent = read(body(3, 1000, 400)).await.unwrap_err();
        assert!(silent.contains("nothing came"), "{silent}");
        let trickle = read(body(100, 1, 40)).await.unwrap_err();
        assert!(trickle.contains("too slowly"), "{trickle}");
    }
}
