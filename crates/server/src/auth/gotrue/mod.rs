//! The embedded sign-in under `/auth/v1`: the part of the GoTrue protocol that supabase-js speaks.

mod error;
mod info;
mod logout;
mod mail;
mod recover;
mod session;
mod signup;
mod token;
mod user;

use axum::Router;
use axum::routing::{get, post};

use crate::state::App;

pub(crate) use mail::{forget_mails, recovery_link};
pub(crate) use signup::add_account;

/// Routes below `/auth/v1`.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/signup", post(signup::handler))
        .route("/token", post(token::handler))
        .route("/logout", post(logout::handler))
        .route("/user", get(user::read).put(user::change))
        .route("/recover", post(recover::handler))
        .route("/verify", get(recover::follow_link).post(recover::verify))
        .route("/settings", get(info::settings))
        .route("/health", get(info::health))
        .route("/.well-known/jwks.json", get(info::jwks))
}
