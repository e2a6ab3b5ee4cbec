//! Extractors: the signed-in owner, and the client's address. Both count against the rate limits.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::problem::{ApiError, TOKEN_INVALID, UNAUTHENTICATED};
use crate::state::App;

/// The signed-in person. Everything a handler reads or writes is bound to `id`.
#[derive(Clone, Debug)]
pub struct Owner {
    /// User id.
    pub id: String,
    /// Address; may be empty for Supabase users without one.
    pub email: String,
}

impl FromRequestParts<App> for Owner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let checked = match bearer(&parts.headers) {
            Some(token) => check(app, token).await,
            None => Err(ApiError::new(UNAUTHENTICATED).detail("Send the access token as a bearer token.")),
        };
        match checked {
            Ok(owner) => {
                app.limits.person(&owner.id)?;
                Ok(owner)
            }
            Err(refused) => {
                app.limits.address(client_ip(parts, app))?;
                Err(refused)
            }
        }
    }
}

async fn check(app: &App, token: &str) -> Result<Owner, ApiError> {
    let claims = app.verifier.check(token)?;
    if app.embedded.is_some() && !app.store.session_is_open(&claims.session_id, &claims.sub).await? {
        return Err(ApiError::new(TOKEN_INVALID).detail("The session has ended. Sign in again."));
    }
    Ok(Owner { id: claims.sub, email: claims.email })
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
        app.limits.address(ip)?;
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
