//! Small requests: as many as go, then at half of that.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::bare::Bare;
use crate::figures::{Figures, Times, ms, rate};
use crate::site::{Person, Site};
use crate::wire::{Connection, get};

/// Connections that ask at the same time.
const CONNECTIONS: usize = 64;

pub async fn measure(site: &Site, people: &[Person], time: Duration, figures: &mut Figures) {
    let bare = Bare::start();
    let constant = vec![b"GET / HTTP/1.1\r\nhost: fine.test\r\n\r\n".to_vec()];
    let (most, times) = flat_out(&bare.address, &constant, time).await;
    figures.add("bare axum handler", format!("{most:.0} requests/s, {}", times.words()), "");
    drop(bare);
    for (what, path) in [("`GET /api/v1/me`", "/api/v1/me"), ("`GET /api/v1/audit/analyses`", "/api/v1/audit/analyses")]
    {
        let requests: Vec<Vec<u8>> = people.iter().map(|person| get(path, &person.token)).collect();
        let (ours, times) = flat_out(&site.address, &requests, time).await;
        let aim = if path.ends_with("/me") { "5 000 requests/s" } else { "" };
        figures.add(
            what,
            format!("{ours:.0} requests/s ({:.0} % of bare), {}", 100.0 * ours / most, times.words()),
            aim,
        );
        let times = at_rate(&site.address, &requests, ours / 2.0, time).await;
        let aim = if path.ends_with("/me") { "p99 under 50 ms" } else { "" };
        figures.add(
            &format!("{what} at half of it"),
            format!("p50 {}, p99 {}", ms(times.at(0.5)), ms(times.at(0.99))),
            aim,
        );
    }
}

/// Every connection asks again as soon as it was answered.
async fn flat_out(address: &str, requests: &[Vec<u8>], time: Duration) -> (f64, Times) {
    let requests = Arc::new(requests.to_vec());
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (requests, address) = (requests.clone(), address.to_owned());
        tasks.spawn(async move {
            let mut connection = Connection::open(&address).await.unwrap();
            let (mut times, mut turn) = (Vec::new(), number);
            while begin.elapsed() < time {
                let asked = Instant::now();
                let status = connection.ask(&requests[turn % requests.len()]).await.unwrap();
                assert_eq!(status, 200);
                times.push(asked.elapsed());
                turn += CONNECTIONS;
            }
            times
        });
    }
    let times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    (rate(times.len(), begin.elapsed()), Times::new(times))
}

/// Requests at fixed moments, whatever the answers; the time counts from the moment on which it was due.
async fn at_rate(address: &str, requests: &[Vec<u8>], each_second: f64, time: Duration) -> Times {
    let requests = Arc::new(requests.to_vec());
    let pause = Duration::from_secs_f64(CONNECTIONS as f64 / each_second);
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (requests, address) = (requests.clone(), address.to_owned());
        tasks.spawn(async move {
            let mut connection = Connection::open(&address).await.unwrap();
            let mut due = begin + pause.mul_f64(number as f64 / CONNECTIONS as f64);
            let (mut times, mut turn) = (Vec::new(), number);
            while due.duration_since(begin) < time {
                tokio::time::sleep_until(due.into()).await;
                assert_eq!(connection.ask(&requests[turn % requests.len()]).await.unwrap(), 200);
                times.push(due.elapsed());
                due += pause;
                turn += CONNECTIONS;
            }
            times
        });
    }
    Times::new(tasks.join_all().await.into_iter().flatten().collect())
}
