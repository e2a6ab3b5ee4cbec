//! Who is asking: bearer tokens of the embedded sign-in or of Supabase.

mod checked;
mod extract;
pub mod gotrue;
mod keys;
mod passwords;
mod published;
mod scopes;
mod tokens;

pub use checked::Checked;
pub(crate) use extract::bearer;
pub use extract::{Access, ClientIp, Owner};
pub use keys::Keys;
pub(crate) use keys::make_private;
pub use published::KeyTimes;
pub use scopes::{OPERATIONS, Scope, Who};
pub use tokens::{AUDIENCE, Claims, Verifier};

use std::path::PathBuf;

use crate::problem::ApiError;

/// How every API key begins, so that a leaked one is recognised.
pub const API_KEY_PREFIX: &str = "fine_";

/// A fresh API key, and what is stored of it: its hash, and its beginning for its owner's eyes.
pub(crate) fn new_api_key() -> (String, String, String) {
    let key = format!("{API_KEY_PREFIX}{}", passwords::secret());
    let (hash, hint) = (passwords::digest(&key), key.chars().take(API_KEY_PREFIX.len() + 4).collect());
    (key, hash, hint)
}

/// Whether a password is that of the hash; without a hash it takes as long, and is not.
pub(crate) async fn is_right_password(password: String, hash: Option<String>) -> Result<bool, ApiError> {
    passwords::is_right(password, hash).await
}

/// The embedded sign-in service.
pub struct Embedded {
    /// Signing key.
    pub keys: Keys,
    /// `iss` of its tokens.
    pub issuer: String,
    /// Folder where mails are laid down.
    pub outbox: PathBuf,
}
