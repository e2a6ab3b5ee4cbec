//! Rate limits that all processes share, in Redis: one bucket a key, one round trip a request.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use apalis_redis::{Client, ConnectionManager};
use redis::Script;
use tokio::sync::OnceCell;

use crate::{Address, StoreError};

/// A request does not wait longer for Redis.
const PATIENCE: Duration = Duration::from_millis(300);

/// The generic cell rate algorithm: a bucket is one number, the moment at which it will be full again. Redis' own clock counts,
/// so that the servers' clocks need not agree; the key goes by itself when the bucket is full.
///
/// Answers: allowed, left, microseconds to wait, microseconds until full.
static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local every, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
        local full = tonumber(redis.call('GET', KEYS[1]) or now)
        if full < now then full = now end
        local after = full + every
        local early = after - now - every * burst
        if early > 0 then return {0, 0, early, full - now} end
        redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
        return {1, math.floor((every * burst - (after - now)) / every), 0, after - now}
        ",
    )
});

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// One more is allowed after this time.
    pub every: Duration,
    /// So many at once.
    pub burst: u32,
}

/// What became of a request to a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// `None` when it is allowed; otherwise after how long it will be.
    pub wait: Option<Duration>,
    /// So many more would be allowed now.
    pub left: u32,
    /// After this time the bucket is full again.
    pub full_in: Duration,
}

/// Buckets in Redis. Cheap to clone.
#[derive(Clone)]
pub struct SharedRates {
    client: Client,
    connection: Arc<OnceCell<ConnectionManager>>,
}

impl std::fmt::Debug for SharedRates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedRates")
    }
}

impl SharedRates {
    /// Buckets in the Redis of this address, which need not answer yet.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(address: &Address) -> Result<Self, StoreError> {
        let client = Client::open(address.reveal()).map_err(StoreError::transport)?;
        Ok(Self { client, connection: Arc::default() })
    }

    /// Takes one from the bucket of a key.
    ///
    /// # Errors
    /// When Redis does not answer at once; nothing is known then.
    pub async fn take(&self, key: &str, rate: Rate) -> Result<Taken, StoreError> {
        let taking = async {
            let connect = self.connection.get_or_try_init(|| self.client.get_connection_manager());
            let mut connection = connect.await?.clone();
            let every = u64::try_from(rate.every.as_micros()).unwrap_or(u64::MAX).max(1);
            let mut call = TAKE.key(format!("fine:rate:{key}"));
            call.arg(every).arg(rate.burst).invoke_async::<(u8, u32, u64, u64)>(&mut connection).await
        };
        match tokio::time::timeout(PATIENCE, taking).await {
            Ok(Ok((allowed, left, wait, full))) => Ok(Taken {
                wait: (allowed == 0).then(|| Duration::from_micros(wait)),
                left,
                full_in: Duration::from_micros(full),
            }),
            Ok(Err(e)) => Err(StoreError::transport(e)),
            Err(_) => Err(StoreError::Transport(format!("no answer within {} ms", PATIENCE.as_millis()))),
        }
    }
}
