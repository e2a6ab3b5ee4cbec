//! Extractors: the signed-in owner, and the client's address. Both count against the rate limits.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use fine_store::StoreError;

use super::scopes::{Who, who_may};
use super::{API_KEY_PREFIX, passwords};
use crate::problem::{ApiError, KEY_NOT_ALLOWED, TOKEN_INVALID, UNAUTHENTICATED};
use crate::state::App;

/// The signed-in person. Everything a handler reads or writes is bound to `id`.
#[derive(Clone, Debug)]
pub struct Owner {
    /// User id.
    pub id: String,
    /// Address; may be empty for Supabase users without one.
    pub email: String,
    /// What the request was let in by.
    pub access: Access,
    /// The client's network address.
    pub address: IpAddr,
}

/// What a request was let in by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// The access token of a session.
    Session {
        /// The session.
        id: String,
    },
    /// An API key.
    Key {
        /// The key's id.
        id: String,
        /// Its scopes, separated by spaces.
        scopes: String,
    },
}

impl Owner {
    /// The key that acts in the owner's name.
    pub(crate) fn key(&self) -> Option<&str> {
        match &self.access {
            Access::Key { id, .. } => Some(id),
            Access::Session { .. } => None,
        }
    }

    /// Whether the session or key is still good: after something long, so that nothing is kept for an account that was
    /// deleted meanwhile. Sessions of another issuer are not ours to end.
    pub(crate) async fn is_still_here(&self, app: &App) -> Result<bool, StoreError> {
        match &self.access {
            Access::Key { id, .. } => app.store.api_key_is_good(id).await,
            Access::Session { id } if app.embedded.is_some() => app.store.session_is_open(id, &self.id).await,
            Access::Session { .. } => Ok(true),
        }
    }

    fn may(&self, parts: &Parts) -> Result<(), ApiError> {
        let Access::Key { scopes, .. } = &self.access else { return Ok(()) };
        let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let refuse = |why: &str| Err(ApiError::new(KEY_NOT_ALLOWED).detail(why));
        match who_may(parts.method.as_str(), path) {
            Who::Anybody => Ok(()),
            Who::Key(scope) if scopes.split(' ').any(|s| s == scope.as_str()) => Ok(()),
            Who::Key(scope) => refuse(&format!("The key lacks the scope {:?}.", scope.as_str())),
            Who::Person => refuse("This takes a signed-in person, not a key."),
        }
    }
}

impl FromRequestParts<App> for Owner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let address = client_ip(parts, app);
        let checked = match bearer(&parts.headers) {
            Some(key) if key.starts_with(API_KEY_PREFIX) => check_key(app, key, address).await,
            Some(token) => check(app, token, address).await,
            None => Err(ApiError::new(UNAUTHENTICATED).detail("Send the access token as a bearer token.")),
        };
        match checked {
            Ok(owner) => {
                app.limits.person(&owner.id).await?;
                owner.may(parts)?;
                Ok(owner)
            }
            Err(refused) => {
                app.limits.address(address).await?;
                Err(refused)
            }
        }
    }
}

async fn check(app: &App, token: &str, address: IpAddr) -> Result<Owner, ApiError> {
    // Our own tokens end with their session, which is asked every time. Keys of others may be withdrawn at any moment.
    let claims = match &app.embedded {
        None => app.verifier.check(token).await?,
        Some(_) => match app.checked.claims(token) {
            Some(claims) => claims,
            None => app.checked.keep(token, app.verifier.check(token).await?),
        },
    };
    if app.embedded.is_some() && !app.store.session_is_open(&claims.session_id, &claims.sub).await? {
        return Err(ApiError::new(TOKEN_INVALID).detail("The session has ended. Sign in again."));
    }
    Ok(Owner { id: claims.sub, email: claims.email, access: Access::Session { id: claims.session_id }, address })
}

async fn check_key(app: &App, key: &str, address: IpAddr) -> Result<Owner, ApiError> {
    let used = app.store.use_api_key(&passwords::digest(key)).await?;
    let used = used.ok_or_else(|| {
        ApiError::new(TOKEN_INVALID).detail("The API key is unknown, revoked or expired. Its owner can make another.")
    })?;
    let access = Access::Key { id: used.id, scopes: used.scopes };
    Ok(Owner { id: used.owner_id, email: used.email, access, address })
}

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|t| !t.is_empty())
}

/// The client's address, for requests without a signed-in person.
#[derive(Clone, Copy, Debug)]
pub struct ClientIp(pub IpAddr);

impl FromRequestParts<App> for ClientIp {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let ip = client_ip(parts, app);
        app.limits.address(ip).await?;
        Ok(Self(ip))
    }
}

fn client_ip(parts: &Parts, app: &App) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(Ipv4Addr::LOCALHOST.into(), |c| c.0.ip());
    if !app.config.trust_proxy {
        return peer;
    }
    // The last entry is the one that our own proxy added.
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
    forwarded.and_then(|v| v.rsplit(',').next()).and_then(|v| v.trim().parse().ok()).unwrap_or(peer)
}
