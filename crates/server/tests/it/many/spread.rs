//! Work and news reach every process.

use fine_services::Redis;

use super::site::{Person, Site};

const ROWS: usize = 10_000;

#[tokio::test]
async fn every_server_tells_every_event_once_and_in_order() {
    let site = Site::new();
    let (one, two, _worker) = (site.api(), site.api(), site.worker());
    let ana = Person::at(&one, ROWS).await;
    let audit = ana.start(&one).await;
    let (here, there) = (ana.events(&one, &audit, 0).await, ana.events(&two, &audit, 0).await);
    let (here, there) = tokio::join!(here.rest(), there.rest());
    assert_eq!(here, there);
    assert_eq!(here.last().unwrap().1["state"], "done");
    ana.is_whole(&two, &audit, &site).await;
}

#[tokio::test]
async fn a_stream_goes_on_at_another_server_when_its_own_is_killed() {
    let site = Site::new();
    let (one, two, _worker) = (site.api(), site.api(), site.worker());
    let ana = Person::at(&one, ROWS).await;
    let audit = ana.start(&one).await;
    let mut stream = ana.events(&one, &audit, 0).await;
    let mut seen = Vec::new();
    while seen.len() < 4 {
        seen.push(stream.next().await.expect("it has not ended yet"));
    }
    one.kill();
    while let Some(event) = stream.next().await {
        seen.push(event);
    }
    let last = seen.last().unwrap().0;
    seen.extend(ana.events(&two, &audit, last).await.rest().await);
    assert_eq!(seen, ana.events(&two, &audit, 0).await.rest().await, "every event once, in order");
    assert_eq!(seen.last().unwrap().1["state"], "done");
    ana.is_whole(&two, &audit, &site).await;
}

#[tokio::test]
async fn a_cancelled_audit_stops_in_another_process() {
    let site = Site::new();
    let (api, _worker) = (site.api(), site.worker());
    let ana = Person::at(&api, 30_000).await;
    let audit = ana.start(&api).await;
    ana.midway(&api, &audit).await;
    ana.cancel(&api, &audit).await;
    let end = ana.until(&api, &audit, super::site::is_over).await;
    assert_eq!(end["state"], "cancelled");
}

#[tokio::test]
async fn a_redis_that_comes_back_with_old_messages_starts_nothing_twice() {
    let mut site = Site { redis: Some(Redis::keeping()), ..Site::new() };
    let api = site.api();
    let ana = Person::at(&api, 500).await;
    // Messages that nobody takes are still there after the crash.
    let waiting = [ana.start(&api).await, ana.start(&api).await];
    site.redis.as_mut().unwrap().kill();
    let without = ana.start(&api).await;
    site.redis.as_mut().unwrap().start_again();
    let _workers = [site.worker(), site.worker()];
    for audit in waiting.iter().chain([&without]) {
        ana.done(&api, audit).await;
    }
    // Messages of jobs that have ended come once more.
    site.redis.as_mut().unwrap().kill();
    site.redis.as_mut().unwrap().start_again();
    let after = ana.start(&api).await;
    ana.done(&api, &after).await;
    for audit in waiting.iter().chain([&without, &after]) {
        ana.is_whole(&api, audit, &site).await;
    }
}

#[tokio::test]
async fn redis_calls_workers_and_may_lose_everything() {
    let mut site = Site::with_redis();
    let (api, _worker) = (site.api(), site.worker());
    let ana = Person::at(&api, 2_000).await;
    let before = ana.start(&api).await;
    ana.done(&api, &before).await;

    // Without Redis an audit is accepted and done: the worker looks by itself.
    site.redis.as_mut().unwrap().kill();
    let without = ana.start(&api).await;
    ana.done(&api, &without).await;

    // A Redis that comes back empty knows neither jobs nor workers.
    site.redis.as_mut().unwrap().start_again();
    let after = ana.start(&api).await;
    ana.done(&api, &after).await;
    for audit in [before, without, after] {
        ana.is_whole(&api, &audit, &site).await;
    }
}
