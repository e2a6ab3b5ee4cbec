//! Time as the database keeps it.

use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::AnyConnection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The moment by the clock of PostgreSQL, in milliseconds since 1970-01-01 UTC: an expression. What processes of several machines
/// compare (leases, pauses) is by the clock of the database, so that theirs need not agree.
pub(crate) const POSTGRES_NOW: &str = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
/// The same in SQLite.
const SQLITE_NOW: &str = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/// The expression for the moment in the database of this connection.
pub(crate) fn now_in(db: &AnyConnection) -> &'static str {
    if db.backend_name() == "PostgreSQL" { POSTGRES_NOW } else { SQLITE_NOW }
}

/// Milliseconds since 1970-01-01 UTC, by the clock of this machine.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64)
}

/// The moment in RFC 3339, UTC, with milliseconds.
pub fn rfc3339(ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .ok()
        .and_then(|t| t.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_utc_with_milliseconds() {
        assert_eq!(rfc3339(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
        assert_eq!(rfc3339(i64::MAX), "1970-01-01T00:00:00Z");
    }
}
