//! Rate limits: a bucket a person, an address, and a sign-in; in Redis for all processes where there is one, otherwise, and while
//! it does not answer, in the memory of this process. Answers say where their request stands in the header fields of
//! draft-ietf-httpapi-ratelimit-headers-10.

use std::cell::RefCell;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use fine_store::{Rate, SharedRates, StoreError, Taken};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::problem::{ApiError, RATE_LIMITED};

/// Sign-in attempts at once for one address and account; then one in [`SIGN_IN_EVERY`].
const SIGN_IN_BURST: u32 = 10;
const SIGN_IN_EVERY: Duration = Duration::from_secs(6);
/// Questions and narratives at once that a person may ask a language model for; then one in [`WORDS_EVERY`]. They cost money.
const WORDS_BURST: u32 = 20;
const WORDS_EVERY: Duration = Duration::from_secs(6);
/// A Redis that did not answer is left alone for this long.
const LEAVE: Duration = Duration::from_secs(1);

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

tokio::task_local! {
    static STANDINGS: RefCell<Vec<Standing>>;
}

/// Where a request stands in one policy.
#[derive(Clone, Copy, Debug)]
struct Standing {
    policy: &'static str,
    rate: Rate,
    taken: Taken,
}

/// Buckets of people, addresses and sign-ins.
pub struct Limits {
    people: Policy,
    addresses: Policy,
    sign_ins: Policy,
    words: Policy,
    shared: Option<Shared>,
}

/// Buckets of one kind, in memory.
struct Policy {
    name: &'static str,
    rate: Rate,
    local: RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>,
}

/// Buckets in Redis, and since when it has been away.
struct Shared {
    rates: SharedRates,
    away: Mutex<Option<Instant>>,
}

impl Limits {
    pub(crate) fn new(config: &Config) -> Result<Self, StoreError> {
        let every = (Duration::from_secs(1) / config.rate_per_second.max(1)).max(Duration::from_nanos(1));
        let usual = Rate { every, burst: config.rate_burst.max(1) };
        let shared = config.redis.as_ref().map(SharedRates::new).transpose()?;
        Ok(Self {
            people: Policy::new("person", usual),
            addresses: Policy::new("address", usual),
            sign_ins: Policy::new("sign-in", Rate { every: SIGN_IN_EVERY, burst: SIGN_IN_BURST }),
            words: Policy::new("words", Rate { every: WORDS_EVERY, burst: WORDS_BURST }),
            shared: shared.map(|rates| Shared { rates, away: Mutex::new(None) }),
        })
    }

    pub(crate) async fn person(&self, id: &str) -> Result<(), ApiError> {
        self.take(&self.people, id).await.map_err(limited)
    }

    pub(crate) async fn address(&self, ip: IpAddr) -> Result<(), ApiError> {
        self.take(&self.addresses, &ip.to_string()).await.map_err(limited)
    }

    /// Counts what a person asks a language model for.
    pub(crate) async fn words(&self, id: &str) -> Result<(), ApiError> {
        self.take(&self.words, id).await.map_err(limited)
    }

    /// Counts an attempt on an account; `Err(seconds to wait)` when there were too many.
    pub(crate) async fn sign_in(&self, ip: IpAddr, account: &str) -> Result<(), u64> {
        self.take(&self.sign_ins, &format!("{ip} {account}")).await
    }

    async fn take(&self, policy: &Policy, key: &str) -> Result<(), u64> {
        let taken = match &self.shared {
            Some(shared) => shared.take(policy, key).await,
            None => None,
        };
        let taken = taken.unwrap_or_else(|| policy.take(key));
        // Outside of a request nobody asks.
        let _ = STANDINGS.try_with(|all| {
            all.borrow_mut().push(Standing { policy: policy.name, rate: policy.rate, taken });
        });
        match taken.wait {
            None => Ok(()),
            Some(wait) => Err(seconds_up(wait).max(1)),
        }
    }

    /// Forgets buckets that are full again.
    pub(crate) fn sweep(&self) {
        for policy in [&self.people, &self.addresses, &self.sign_ins, &self.words] {
            policy.local.retain_recent();
        }
    }
}

impl Policy {
    fn new(name: &'static str, rate: Rate) -> Self {
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(rate.every).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
        Self { name, rate, local: RateLimiter::keyed(quota).with_middleware() }
    }

    fn take(&self, key: &str) -> Taken {
        let Rate { every, burst } = self.rate;
        match self.local.check_key(&key.to_owned()) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                Taken { wait: None, left, full_in: every * burst.saturating_sub(left) }
            }
            Err(until) => {
                let wait = until.wait_time_from(DefaultClock::default().now());
                Taken { wait: Some(wait), left: 0, full_in: wait + every * (burst - 1) }
            }
        }
    }
}

impl Shared {
    /// `None` while Redis does not answer; that is said once, and once when it is back.
    async fn take(&self, policy: &Policy, key: &str) -> Option<Taken> {
        let since = *self.away();
        if since.is_some_and(|at| at.elapsed() < LEAVE) {
            return None;
        }
        // Redis sees no addresses of people.
        let hidden = hex::encode(&Sha256::digest(key.as_bytes())[..16]);
        match self.rates.take(&format!("{}:{hidden}", policy.name), policy.rate).await {
            Ok(taken) => {
                if self.away().take().is_some() {
                    tracing::info!("Redis answers again; rate limits are shared");
                }
                Some(taken)
            }
            Err(e) => {
                if self.away().replace(Instant::now()).is_none() {
                    tracing::warn!(error = %e, "Redis does not answer; each process counts rate limits by itself");
                }
                None
            }
        }
    }

    fn away(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.away.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Answers a request with what it took from buckets on the way in its header.
pub(crate) async fn counted(answer: impl Future<Output = Response>) -> Response {
    let scope = STANDINGS.scope(RefCell::default(), async {
        let response = answer.await;
        (response, STANDINGS.with(RefCell::take))
    });
    let (mut response, standings) = scope.await;
    if !standings.is_empty() {
        let list = |item: fn(&Standing) -> String| standings.iter().map(item).collect::<Vec<_>>().join(", ");
        for (name, text) in [(POLICY, list(Standing::policy)), (STANDING, list(Standing::standing))] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}

impl Standing {
    /// The policy: so many (`q`) in so many seconds (`w`).
    fn policy(&self) -> String {
        let Rate { every, burst } = self.rate;
        format!("\"{}\";q={burst};w={}", self.policy, seconds_up(every * burst).max(1))
    }

    /// Where the request stands: so many left (`r`), all of them again after so many seconds (`t`).
    fn standing(&self) -> String {
        format!("\"{}\";r={};t={}", self.policy, self.taken.left, seconds_up(self.taken.full_in))
    }
}

fn seconds_up(time: Duration) -> u64 {
    time.as_millis().div_ceil(1000) as u64
}

fn limited(seconds: u64) -> ApiError {
    ApiError::new(RATE_LIMITED)
        .detail(format!("Try again in {seconds} s."))
        .arg("seconds", seconds)
        .retry_after(seconds)
}
