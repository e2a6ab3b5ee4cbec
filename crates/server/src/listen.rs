//! Takes connections and speaks HTTP/1.1 on them, with a limit on everything that a client may take: connections, time until a
//! request's header is complete, and the header's size. Bodies have limits of their own (`steady`, and each route's size).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// Largest header of a request, in bytes, to within what one read of the socket brings; beyond, the answer is 431.
const HEADER_BYTES: usize = 64 << 10;
/// After a failure that is not one connection's, such as too many open files.
const PAUSE: Duration = Duration::from_millis(200);

/// What a client may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From the moment a connection is free until the next request's header is complete; longer than the proxies before us
    /// keep idle connections (60 s), so that they close them and not we.
    pub(crate) header: Duration,
    /// Open connections; more wait until one is closed.
    pub(crate) connections: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { header: Duration::from_secs(75), connections: 10_000 }
    }
}

/// Serves until `stop` turns true; then lets open requests end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
    patience: Patience,
) -> io::Result<()> {
    let mut http = Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.header).max_buf_size(HEADER_BYTES);
    let (open, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(patience.connections)));
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((listener.accept().await?, place))
        };
        let accepted = tokio::select! {
            accepted = next => accepted,
            // A dropped sender means the process ends, too.
            _ = stop.wait_for(|stopped| *stopped) => break,
        };
        let ((stream, peer), place) = match accepted {
            Ok(accepted) => accepted,
            Err(e) if is_of_connection(&e) => continue,
            Err(e) => {
                tracing::warn!(error = %e, "no connection could be taken; it is tried again");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Small answers go out at once; a socket that cannot do that works as well.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone().map_request(move |request| from(peer, request)));
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(e) = connection.await {
                tracing::trace!(error = %e, "connection broke");
            }
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
    Ok(())
}

fn from<B>(peer: SocketAddr, mut request: Request<B>) -> Request<Body>
where
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    request.extensions_mut().insert(ConnectInfo(peer));
    request.map(Body::new)
}

fn is_of_connection(e: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(e.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::time::{Instant, timeout};

    async fn start(patience: Patience) -> (SocketAddr, watch::Sender<bool>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), watch::Sender::new(false));
        let slow = get(async || {
            tokio::time::sleep(Duration::from_millis(400)).await;
            "done"
        });
        let router = Router::new().route("/", get(async || "ok")).route("/slow", slow);
        tokio::spawn(serve(listener, router, stop.subscribe(), patience));
        (address, stop)
    }

    /// Everything that the server sends until it closes the connection.
    async fn all(stream: &mut TcpStream) -> String {
        let mut text = Vec::new();
        let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut text)).await;
        read.expect("the server closes the connection").unwrap();
        String::from_utf8_lossy(&text).into_owned()
    }

    const QUICK: Patience = Patience { header: Duration::from_millis(300), connections: 2 };

    #[tokio::test]
    async fn silent_slow_and_idle_clients_are_cut_off() {
        let (address, _stop) = start(QUICK).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let begun = Instant::now();
        assert!(!all(&mut silent).await.contains("200 OK"));
        assert!((250..5000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());

        // A byte now and then does not prolong it.
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(120)).await;
            // The connection may be gone already.
            let _ = slow.write_all(b"x").await;
        }
        assert!(!all(&mut slow).await.contains("200 OK"));

        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(all(&mut idle).await.ends_with("ok"));
    }

    #[tokio::test]
    async fn a_header_beyond_its_size_or_number_is_refused() {
        let (address, _stop) = start(Patience::default()).await;
        let long = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(3 * HEADER_BYTES));
        let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(150));
        for (what, request) in [("long", long), ("many", many)] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            // The server may close while we still send.
            let _ = stream.write_all(request.as_bytes()).await;
            let mut start = [0; 12];
            stream.read_exact(&mut start).await.unwrap();
            assert_eq!(std::str::from_utf8(&start).unwrap(), "HTTP/1.1 431", "{what}");
        }
    }

    #[tokio::test]
    async fn connections_beyond_the_limit_wait_and_a_stop_lets_requests_end() {
        let (address, stop) = start(Patience { header: Duration::from_secs(30), connections: 1 }).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        first.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut byte = [0];
        let early = timeout(Duration::from_millis(200), second.read_exact(&mut byte)).await;
        assert!(early.is_err(), "the second waits for the first");
        assert!(all(&mut first).await.ends_with("done"));
        second.read_exact(&mut byte).await.unwrap();
        drop(second);

        let mut third = TcpStream::connect(address).await.unwrap();
        third.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
        stop.send_replace(true);
        assert!(all(&mut third).await.ends_with("done"));
        assert!(TcpStream::connect(address).await.is_err(), "nobody is let in any more");
    }
}
