//! Who is asking: bearer tokens of the embedded sign-in or of Supabase.

mod extract;
pub mod gotrue;
mod keys;
mod passwords;
mod tokens;

pub(crate) use extract::bearer;
pub use extract::{ClientIp, Owner};
pub use keys::Keys;
pub(crate) use keys::make_private;
pub use tokens::{AUDIENCE, Claims, Verifier};

use std::path::PathBuf;

/// The embedded sign-in service.
pub struct Embedded {
    /// Signing key.
    pub keys: Keys,
    /// `iss` of its tokens.
    pub issuer: String,
    /// Folder where mails are laid down.
    pub outbox: PathBuf,
}
