//! Rate limits, kept in memory.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Config;
use crate::problem::{ApiError, RATE_LIMITED};

/// Sign-in attempts at once for one address and account; then one in [`SIGN_IN_EVERY`].
const SIGN_IN_BURST: u32 = 10;
const SIGN_IN_EVERY: Duration = Duration::from_secs(6);

/// Buckets of people, addresses and sign-ins.
pub struct Limits {
    people: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    sign_ins: DefaultKeyedRateLimiter<String>,
}

impl Limits {
    pub(crate) fn new(config: &Config) -> Self {
        let rate = NonZeroU32::new(config.rate_per_second).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(config.rate_burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate).allow_burst(burst);
        let sign_in = Quota::with_period(SIGN_IN_EVERY)
            .expect("the period is not 0")
            .allow_burst(NonZeroU32::new(SIGN_IN_BURST).expect("the burst is not 0"));
        Self {
            people: RateLimiter::keyed(quota),
            addresses: RateLimiter::keyed(quota),
            sign_ins: RateLimiter::keyed(sign_in),
        }
    }

    pub(crate) fn person(&self, id: &str) -> Result<(), ApiError> {
        take(&self.people, &id.to_owned()).map_err(limited)
    }

    pub(crate) fn address(&self, ip: IpAddr) -> Result<(), ApiError> {
        take(&self.addresses, &ip).map_err(limited)
    }

    /// Counts an attempt on an account; `Err(seconds to wait)` when there were too many.
    pub(crate) fn sign_in(&self, ip: IpAddr, account: &str) -> Result<(), u64> {
        take(&self.sign_ins, &format!("{ip} {account}"))
    }

    /// Forgets buckets that are full again.
    pub(crate) fn sweep(&self) {
        self.people.retain_recent();
        self.addresses.retain_recent();
        self.sign_ins.retain_recent();
    }
}

fn take<K: Clone + Eq + std::hash::Hash>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), u64> {
    limiter.check_key(key).map_err(|until| until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
}

fn limited(seconds: u64) -> ApiError {
    ApiError::new(RATE_LIMITED)
        .detail(format!("Try again in {seconds} s."))
        .arg("seconds", seconds)
        .retry_after(seconds)
}
