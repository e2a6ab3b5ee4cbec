//! Lists: `{items, next_cursor}` with `cursor` and `limit`.

use fine_store::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::problem::{ApiError, INVALID};

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

/// Where a page starts and how long it is.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
    /// Items a page, 1 to 200; 50 when absent.
    pub(crate) limit: Option<u32>,
}

impl PageQuery {
    /// The checked cursor and limit.
    pub(crate) fn check(&self) -> Result<(Option<&str>, u32), ApiError> {
        page(self.cursor.as_deref(), self.limit)
    }
}

/// A checked cursor and limit.
pub(crate) fn page(cursor: Option<&str>, limit: Option<u32>) -> Result<(Option<&str>, u32), ApiError> {
    let refuse = |name: &str, detail: &str| {
        ApiError::new(INVALID).detail("A parameter of the query is not valid.").field(
            &format!("/query/{name}"),
            "invalid-parameter",
            detail,
        )
    };
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(refuse("limit", "expected 1 to 200"));
    }
    match cursor.filter(|c| !c.is_empty()) {
        Some(cursor) if Uuid::parse_str(cursor).is_err() => Err(refuse("cursor", "expected next_cursor of a page")),
        cursor => Ok((cursor, limit)),
    }
}

/// One page of a list, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Listing<T: ToSchema> {
    /// The items.
    items: Vec<T>,
    /// Where the next page starts; null on the last one.
    next_cursor: Option<String>,
}

impl<T: ToSchema> Listing<T> {
    pub(crate) fn of<R>(page: Page<R>, item: impl Fn(R) -> T) -> Self {
        Self { items: page.items.into_iter().map(item).collect(), next_cursor: page.next_cursor }
    }
}
