//! Sessions and users as GoTrue sends them.

use std::net::IpAddr;

use fine_store::{Action, User, now_ms, rfc3339};
use serde_json::{Value, json};

use super::error::AuthError;
use crate::auth::passwords;
use crate::auth::tokens::{AUDIENCE, Claims};
use crate::auth::{Embedded, bearer};
use crate::problem::ApiError;
use crate::state::App;
use crate::trail;

/// Life of an access token, in seconds.
const TOKEN_LIFE_S: i64 = 3600;

/// The service, which is there whenever its routes are.
pub(super) fn service(app: &App) -> Result<&Embedded, AuthError> {
    app.embedded.as_ref().ok_or_else(|| ApiError::not_found().into())
}

/// Starts a session and answers with its tokens.
pub(super) async fn start(app: &App, user: &User, ip: IpAddr) -> Result<Value, AuthError> {
    let refresh = passwords::secret();
    let session = app.store.start_session(&user.id, &passwords::digest(&refresh)).await?;
    trail::note_sign_in(app, Some(&user.id), ip, Action::SignIn).await;
    metrics::counter!(crate::telemetry::SIGN_INS).increment(1);
    tokens(app, user, &session, &refresh)
}

/// The answer with tokens of a session.
pub(super) fn tokens(app: &App, user: &User, session: &str, refresh: &str) -> Result<Value, AuthError> {
    let service = service(app)?;
    let now = now_ms() / 1000;
    let claims = Claims {
        sub: user.id.clone(),
        email: user.email.clone(),
        role: AUDIENCE.to_owned(),
        aud: Value::from(AUDIENCE),
        iss: service.issuer.clone(),
        exp: now + TOKEN_LIFE_S,
        iat: now,
        session_id: session.to_owned(),
        aal: "aal1".to_owned(),
        is_anonymous: false,
        app_metadata: app_metadata(),
        user_metadata: user_metadata(user),
    };
    let access = service.keys.sign(&claims).map_err(|e| ApiError::internal(&e))?;
    Ok(json!({
        "access_token": access,
        "token_type": "bearer",
        "expires_in": TOKEN_LIFE_S,
        "expires_at": now + TOKEN_LIFE_S,
        "refresh_token": refresh,
        "user": user_body(user),
    }))
}

/// A user as GoTrue shows it.
pub(super) fn user_body(user: &User) -> Value {
    let created = rfc3339(user.created_at);
    json!({
        "id": user.id,
        "aud": AUDIENCE,
        "role": AUDIENCE,
        "email": user.email,
        "email_confirmed_at": created,
        "phone": "",
        "confirmed_at": created,
        "last_sign_in_at": user.last_sign_in_at.map(rfc3339),
        "app_metadata": app_metadata(),
        "user_metadata": user_metadata(user),
        "identities": [{
            "id": user.id,
            "identity_id": user.id,
            "user_id": user.id,
            "identity_data": {"sub": user.id, "email": user.email, "email_verified": true},
            "provider": "email",
            "email": user.email,
            "last_sign_in_at": user.last_sign_in_at.map(rfc3339),
            "created_at": created,
            "updated_at": created,
        }],
        "created_at": created,
        "updated_at": rfc3339(user.updated_at),
        "is_anonymous": false,
    })
}

fn app_metadata() -> Value {
    json!({"provider": "email", "providers": ["email"]})
}

fn user_metadata(user: &User) -> Value {
    let mut metadata: Value = serde_json::from_str(&user.metadata).unwrap_or_else(|_| json!({}));
    metadata["email"] = Value::from(user.email.clone());
    metadata["email_verified"] = Value::from(true);
    metadata["sub"] = Value::from(user.id.clone());
    metadata
}

/// The user and session of the bearer token.
pub(super) async fn signed_in(app: &App, headers: &axum::http::HeaderMap) -> Result<(User, Claims), AuthError> {
    let token = bearer(headers)
        .ok_or_else(|| AuthError::new(401, "no_authorization", "This endpoint requires a valid Bearer token"))?;
    let claims = app.verifier.check(token).await.map_err(|e| {
        let title = e.into_problem().title;
        AuthError::new(403, "bad_jwt", format!("invalid JWT: {}", title.to_lowercase()))
    })?;
    if !app.store.session_is_open(&claims.session_id, &claims.sub).await? {
        return Err(AuthError::new(403, "session_not_found", "Session from session_id claim in JWT does not exist"));
    }
    let user = app.store.user(&claims.sub).await?;
    let user =
        user.ok_or_else(|| AuthError::new(403, "user_not_found", "User from sub claim in JWT does not exist"))?;
    Ok((user, claims))
}
