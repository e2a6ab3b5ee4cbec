//! Access tokens: claims as Supabase's, checked by the keys of one issuer. Each kind of key has its one algorithm, which the
//! server chooses and never the token.

use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::published::{KeyTimes, NoKey, Published};
use crate::problem::{ApiError, ISSUER_AWAY, TOKEN_EXPIRED, TOKEN_INVALID};

/// `aud` and `role` of signed-in people.
pub const AUDIENCE: &str = "authenticated";

/// Longest token that is looked at, in bytes.
const MAX_BYTES: usize = 16 << 10;
/// How far the clock of another issuer may be from ours, in seconds.
const SKEW_S: u64 = 30;
/// The same for our own tokens, which several of our servers may check.
const OWN_SKEW_S: u64 = 5;

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

/// Checks access tokens: signature, expiry, start, audience and issuer.
pub struct Verifier {
    issuer: String,
    trusted: Trusted,
}

/// Whose signatures count.
enum Trusted {
    /// The embedded sign-in's (ES256).
    Own(DecodingKey),
    /// A Supabase project's: its shared secret (HS256), and the keys that it publishes (ES256, RS256).
    Project { secret: Option<DecodingKey>, published: Arc<Published> },
}

impl Verifier {
    /// Tokens of the embedded sign-in.
    pub fn embedded(key: DecodingKey, issuer: &str) -> Self {
        Self { issuer: issuer.to_owned(), trusted: Trusted::Own(key) }
    }

    /// Tokens of a Supabase project.
    ///
    /// # Errors
    /// When no HTTP client can be made, which means that the system has no usable certificates.
    pub fn supabase(secret: Option<&str>, project_url: &str, times: KeyTimes) -> Result<Self, reqwest::Error> {
        let issuer = format!("{project_url}/auth/v1");
        let published = Published::new(format!("{issuer}/.well-known/jwks.json"), times)?;
        let secret = secret.map(|text| DecodingKey::from_secret(text.as_bytes()));
        Ok(Self { issuer, trusted: Trusted::Project { secret, published: Arc::new(published) } })
    }

    /// Fetches published keys before the first token needs them.
    pub(crate) async fn prepare(&self) {
        if let Trusted::Project { published, .. } = &self.trusted {
            published.refresh().await;
        }
    }

    /// The claims of a valid token.
    ///
    /// # Errors
    /// A 401 problem: expired, or not valid; 503 when the issuer's keys are needed and cannot be had.
    pub(crate) async fn check(&self, token: &str) -> Result<Claims, ApiError> {
        let invalid = || ApiError::new(TOKEN_INVALID).detail("Sign in again.");
        let (algorithm, key) = match self.key(token).await {
            Ok(found) => found,
            Err(NoKey::Unknown) => return Err(invalid()),
            Err(NoKey::Away) => {
                let detail = "The sign-in service does not answer, so the sign-in cannot be checked.";
                return Err(ApiError::new(ISSUER_AWAY).detail(detail).retry_after(10));
            }
        };
        match jsonwebtoken::decode::<Claims>(token, &key, &self.validation(algorithm)) {
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

    /// The key of a token, by the algorithm that it claims; keys of another kind are out of its reach.
    async fn key(&self, token: &str) -> Result<(Algorithm, DecodingKey), NoKey> {
        if token.len() > MAX_BYTES {
            return Err(NoKey::Unknown);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| NoKey::Unknown)?;
        // Extensions that must be understood are not.
        if header.crit.is_some() || header.enc.is_some() {
            return Err(NoKey::Unknown);
        }
        match (&self.trusted, header.alg) {
            (Trusted::Own(key), Algorithm::ES256) => Ok((Algorithm::ES256, key.clone())),
            (Trusted::Project { secret: Some(key), .. }, Algorithm::HS256) => Ok((Algorithm::HS256, key.clone())),
            (Trusted::Project { published, .. }, algorithm @ (Algorithm::ES256 | Algorithm::RS256)) => {
                let id = header.kid.filter(|id| !id.is_empty()).ok_or(NoKey::Unknown)?;
                Ok((algorithm, published.key(&id, algorithm).await?))
            }
            _ => Err(NoKey::Unknown),
        }
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = if matches!(self.trusted, Trusted::Own(_)) { OWN_SKEW_S } else { SKEW_S };
        validation.validate_nbf = true;
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        validation
    }
}
