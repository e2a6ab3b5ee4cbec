//! Who did what: a row an action, which only the owner and the operator see.

use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Page, Store, StoreError, now_ms};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An account was made.
    SignUp,
    /// Somebody signed in.
    SignIn,
    /// Somebody did not know the password.
    SignInRefused,
    /// A session was ended by its owner.
    SignOut,
    /// The password was changed.
    PasswordChange,
    /// A file was uploaded.
    Upload,
    /// An audit was started.
    AuditStart,
    /// An audit was cancelled.
    AuditCancel,
    /// A file or an audit was deleted.
    Delete,
    /// A report was downloaded.
    ReportDownload,
    /// An API key was made.
    KeyMade,
    /// An API key was revoked.
    KeyRevoked,
    /// Everything of an account was downloaded.
    Export,
    /// An account was deleted.
    AccountDelete,
}

impl Action {
    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::SignIn => "sign-in",
            Self::SignInRefused => "sign-in-refused",
            Self::SignOut => "sign-out",
            Self::PasswordChange => "password-change",
            Self::Upload => "upload",
            Self::AuditStart => "audit-start",
            Self::AuditCancel => "audit-cancel",
            Self::Delete => "delete",
            Self::ReportDownload => "report-download",
            Self::KeyMade => "key-made",
            Self::KeyRevoked => "key-revoked",
            Self::Export => "export",
            Self::AccountDelete => "account-delete",
        }
    }
}

/// An action to be noted.
#[derive(Clone, Copy, Debug)]
pub struct NewTrail<'a> {
    /// Whose account; `None` when there is no such account.
    pub owner: Option<&'a str>,
    /// The API key that did it; `None` is the person.
    pub key: Option<&'a str>,
    /// What was done.
    pub action: Action,
    /// To what, as in `dataset/ID`.
    pub subject: Option<&'a str>,
    /// The client's network address.
    pub address: Option<&'a str>,
}

/// A row of the trail.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct TrailEntry {
    /// UUIDv7.
    pub id: String,
    /// Milliseconds.
    pub created_at: i64,
    /// Whose account; `None` where there is none or it was deleted.
    pub owner_id: Option<String>,
    /// `person` or `key`.
    pub actor: String,
    /// The API key that did it.
    pub key_id: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: Option<String>,
    /// The client's network address.
    pub address: Option<String>,
}

/// What an operator looks for; empty finds all.
#[derive(Clone, Debug, Default)]
pub struct TrailFilter {
    /// Id of an account.
    pub owner: String,
    /// Name of an action.
    pub action: String,
    /// Not before this moment, in milliseconds.
    pub since: i64,
}

impl Store {
    /// Notes an action.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_trail(&self, new: NewTrail<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO trail (id, created_at, owner_id, actor, key_id, action, subject, address) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(now_ms())
        .bind(new.owner)
        .bind(if new.key.is_some() { "key" } else { "person" })
        .bind(new.key)
        .bind(new.action.as_str())
        .bind(new.subject)
        .bind(new.address)
        .execute(&self.db)
        .await?;
        Ok(())
    }

    /// Rows of this owner, newest first, after `cursor`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trail(&self, owner: &str, cursor: Option<&str>, limit: u32) -> Result<Page<TrailEntry>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT * FROM trail WHERE owner_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3",
        )
        .bind(owner)
        .bind(cursor.unwrap_or_default())
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.db)
        .await?;
        Ok(Page::cut(rows, limit, |entry: &TrailEntry| entry.id.clone()))
    }

    /// Rows of everybody, newest first, as an operator sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn whole_trail(&self, filter: &TrailFilter, limit: u32) -> Result<Vec<TrailEntry>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT * FROM trail WHERE ($1 = '' OR owner_id = $1) AND ($2 = '' OR action = $2) AND created_at >= $3 \
             ORDER BY id DESC LIMIT $4",
        )
        .bind(&filter.owner)
        .bind(&filter.action)
        .bind(filter.since)
        .bind(i64::from(limit));
        Ok(rows.fetch_all(&self.db).await?)
    }

    /// Forgets rows from before this moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_trail(&self, before: i64) -> Result<u64, StoreError> {
        let swept = sqlx::query("DELETE FROM trail WHERE created_at < $1").bind(before);
        Ok(swept.execute(&self.db).await?.rows_affected())
    }
}
