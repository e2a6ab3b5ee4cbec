//! `POST /signup`.

use axum::Json;
use axum::extract::State;
use fine_store::{Action, User};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::{AuthError, Body};
use super::session;
use crate::auth::{ClientIp, passwords};
use crate::state::App;
use crate::trail;

/// Largest `user_metadata`, in bytes of JSON.
pub(super) const MAX_METADATA_BYTES: usize = 4096;

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    data: Option<Map<String, Value>>,
}

pub(super) async fn handler(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    Body(request): Body<Request>,
) -> Result<Json<Value>, AuthError> {
    app.limits.sign_in(ip, "signup").await.map_err(AuthError::Throttled)?;
    let metadata = metadata(request.data)?;
    let added = add_account(&app, &request.email, request.password, &metadata).await?;
    let user = added.ok_or_else(|| AuthError::new(422, "user_already_exists", "User already registered"))?;
    tracing::info!(user = %user.id, "account made");
    trail::note_sign_in(&app, Some(&user.id), ip, Action::SignUp).await;
    session::start(&app, &user, ip).await.map(Json)
}

/// Adds an account; `None` when the address is taken.
pub(crate) async fn add_account(
    app: &App,
    email: &str,
    password: String,
    metadata: &str,
) -> Result<Option<User>, AuthError> {
    let email = address(email)?;
    check_password(&password)?;
    let hash = passwords::hash(password).await?;
    Ok(app.store.add_user(&email, &hash, metadata).await?)
}

/// The address in the form it is stored in.
pub(super) fn address(email: &str) -> Result<String, AuthError> {
    let email = email.trim().to_lowercase();
    let refused = || AuthError::new(400, "validation_failed", "Unable to validate email address: invalid format");
    let (local, domain) = email.split_once('@').ok_or_else(refused)?;
    let clean = |s: &str| !s.is_empty() && !s.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
    if email.len() > 254 || !clean(local) || !clean(domain) || domain.starts_with('.') || domain.ends_with('.') {
        return Err(refused());
    }
    Ok(email)
}

pub(super) fn check_password(password: &str) -> Result<(), AuthError> {
    if password.is_empty() {
        return Err(AuthError::new(400, "validation_failed", "Signup requires a valid password"));
    }
    if password.chars().count() < passwords::MIN_LENGTH {
        let message = format!("Password should be at least {} characters.", passwords::MIN_LENGTH);
        return Err(AuthError::WeakPassword("length", message));
    }
    if password.len() > passwords::MAX_BYTES {
        let message = format!("Password cannot be longer than {} bytes", passwords::MAX_BYTES);
        return Err(AuthError::new(400, "validation_failed", message));
    }
    Ok(())
}

pub(super) fn metadata(data: Option<Map<String, Value>>) -> Result<String, AuthError> {
    let text = serde_json::to_string(&data.unwrap_or_default())?;
    if text.len() > MAX_METADATA_BYTES {
        return Err(AuthError::new(400, "validation_failed", "User metadata is too large"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lower_case_and_plausible() {
        assert_eq!(address(" Ana@Example.ORG ").unwrap(), "ana@example.org");
        for bad in ["", "ana", "@x.org", "ana@", "a na@x.org", "a@b@c", "a@.org", "a\n@x.org"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
