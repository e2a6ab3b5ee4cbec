//! Access tokens: claims as Supabase's, checked with an allow-list of one algorithm.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::{ApiError, TOKEN_EXPIRED, TOKEN_INVALID};

/// `aud` and `role` of signed-in people.
pub const AUDIENCE: &str = "authenticated";

/// Claims of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// User id.
    pub sub: String,
    /// Address.
    #[serde(default)]
    pub email: String,
    /// `authenticated`.
    #[serde(default)]
    pub role: String,
    /// `authenticated`.
    pub aud: Value,
    /// Address of the auth service.
    pub iss: String,
    /// Seconds since 1970.
    pub exp: i64,
    /// Seconds since 1970.
    #[serde(default)]
    pub iat: i64,
    /// The session; ended sessions are refused in embedded mode.
    #[serde(default)]
    pub session_id: String,
    /// Authenticator assurance level.
    #[serde(default)]
    pub aal: String,
    /// Never true here.
    #[serde(default)]
    pub is_anonymous: bool,
    /// Set by the service.
    #[serde(default)]
    pub app_metadata: Value,
    /// Set by the person.
    #[serde(default)]
    pub user_metadata: Value,
}

/// Checks access tokens: signature by one key and one algorithm, expiry, audience and issuer.
pub struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    /// Tokens of the embedded sign-in.
    pub fn embedded(key: DecodingKey, issuer: &str) -> Self {
        Self { key, validation: validation(Algorithm::ES256, issuer) }
    }

    /// Tokens of a Supabase project.
    pub fn supabase(secret: &str, project_url: &str) -> Self {
        let key = DecodingKey::from_secret(secret.as_bytes());
        Self { key, validation: validation(Algorithm::HS256, &format!("{project_url}/auth/v1")) }
    }

    /// The claims of a valid token.
    ///
    /// # Errors
    /// A 401 problem: expired, or not valid.
    pub(crate) fn check(&self, token: &str) -> Result<Claims, ApiError> {
        let invalid = || ApiError::new(TOKEN_INVALID).detail("Sign in again.");
        match jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation) {
            Ok(data) if data.claims.role == AUDIENCE && !data.claims.sub.is_empty() => Ok(data.claims),
            Ok(_) => Err(invalid()),
            Err(e) if *e.kind() == ErrorKind::ExpiredSignature => {
                Err(ApiError::new(TOKEN_EXPIRED).detail("Refresh the session, or sign in again."))
            }
            Err(e) => {
                tracing::debug!(error = %e, "token refused");
                Err(invalid())
            }
        }
    }
}

fn validation(algorithm: Algorithm, issuer: &str) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.leeway = 5;
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    validation
}
