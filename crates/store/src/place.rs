//! Where the data is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// Address of a server. It may hold a password, so nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// The address of a PostgreSQL database.
    ///
    /// # Errors
    /// Says what was expected.
    pub fn postgres(text: &str) -> Result<Self, String> {
        let expected = "expected the address of a PostgreSQL database, as in postgres://user:password@host:5432/fine";
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(expected.to_owned());
        }
        // The parser's own words may repeat the password.
        PgConnectOptions::from_str(text).map_err(|_| expected.to_owned())?;
        Ok(Self(text.to_owned()))
    }

    /// The address of a Redis server.
    ///
    /// # Errors
    /// Says what was expected.
    pub fn redis(text: &str) -> Result<Self, String> {
        let expected =
            "expected the address of a Redis server, as in redis://:password@host:6379/0 or rediss://host:6380";
        match apalis_redis::Client::open(text) {
            Ok(_) if text.starts_with("redis://") || text.starts_with("rediss://") => Ok(Self(text.to_owned())),
            _ => Err(expected.to_owned()),
        }
    }

    /// The address in full.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split_once("://").map_or("", |(scheme, _)| scheme);
        write!(f, "{scheme}://…")
    }
}

/// A word that nothing prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a word.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The word.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Four buckets of an S3-compatible object store. One bucket may have several roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3 {
    /// Address of the server; Amazon's own without.
    pub endpoint: Option<String>,
    /// Region of the signatures.
    pub region: String,
    /// Name of the key.
    pub access_key_id: Secret,
    /// The key.
    pub secret_access_key: Secret,
    /// Bucket of uploaded tables.
    pub datasets: String,
    /// Bucket of uploaded models.
    pub models: String,
    /// Bucket of results.
    pub reports: String,
    /// Bucket of what running audits leave.
    pub artifacts: String,
}

/// Where the data is, and who makes the tables.
#[derive(Clone, Debug)]
pub struct Place {
    /// Folder of the files, of the embedded database, and of this machine's copies of objects.
    pub folder: PathBuf,
    /// PostgreSQL instead of the embedded SQLite.
    pub database: Option<Address>,
    /// Whether opening brings the tables to this version; otherwise [`Store::migrate`](crate::Store::migrate) does, and
    /// opening refuses tables of another version.
    pub create: bool,
    /// An object store for the files instead of the folder.
    pub s3: Option<S3>,
    /// Most bytes of copies of objects in the folder.
    pub scratch_bytes: u64,
}

impl Place {
    /// Most bytes of copies of objects, where nothing else is said.
    pub const SCRATCH_BYTES: u64 = 8 << 30;

    /// Everything in a folder.
    pub fn local(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), database: None, create: true, s3: None, scratch_bytes: Self::SCRATCH_BYTES }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_an_object_store_is_not_shown() {
        let secret = Secret::new("wJalrXUtnFEMI");
        assert_eq!((format!("{secret:?}"), secret.reveal()), ("…".to_owned(), "wJalrXUtnFEMI"));
    }

    #[test]
    fn addresses_are_checked_and_not_shown() {
        let address = Address::postgres("postgres://ana:secret@db.example.org:5433/fine?sslmode=require").unwrap();
        assert_eq!(format!("{address:?}"), "postgres://…");
        Address::postgres("postgresql://localhost/fine").unwrap();
        assert_eq!(format!("{:?}", Address::redis("rediss://:secret@cache.example.org:6380/1").unwrap()), "rediss://…");
        assert!(Address::redis("http://cache.example.org").unwrap_err().starts_with("expected"));
        for wrong in ["mysql://localhost/fine", "localhost", "postgres://ana:secret@host:port/fine"] {
            let refusal = Address::postgres(wrong).unwrap_err();
            assert!(refusal.starts_with("expected") && !refusal.contains("secret"), "{refusal}");
        }
    }
}
