//! Passwords (argon2id) and random secrets.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::{Rng, RngExt};
use sha2::{Digest, Sha256};

use crate::problem::ApiError;

/// Shortest password, in characters.
pub(super) const MIN_LENGTH: usize = 8;
/// Longest password, in bytes: hashing a megabyte is an attack.
pub(super) const MAX_BYTES: usize = 1024;

/// The PHC string of a password.
pub(super) async fn hash(password: String) -> Result<String, ApiError> {
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string())
    });
    hashed.await?.map_err(|e| ApiError::internal(&e))
}

/// Whether the password is that of the hash. Without a hash the same work is done, and the answer is no: the time
/// does not tell whether an account exists.
pub(super) async fn is_right(password: String, hash: Option<String>) -> Result<bool, ApiError> {
    if password.len() > MAX_BYTES {
        return Ok(false);
    }
    let verified = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => {
            PasswordHash::new(&hash).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
        }
        None => {
            // The outcome is not used: only the time matters.
            let _ = Argon2::default().hash_password(password.as_bytes());
            false
        }
    });
    Ok(verified.await?)
}

/// A secret of 256 random bits, safe in addresses.
pub(super) fn secret() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A code of six digits.
pub(super) fn code() -> String {
    format!("{:06}", rand::rng().random_range(0..1_000_000))
}

/// What is stored of a secret.
pub(super) fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hashes_are_argon2id_and_salted() {
        let one = hash("correct horse".into()).await.unwrap();
        let two = hash("correct horse".into()).await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && one != two);
        assert!(is_right("correct horse".into(), Some(one.clone())).await.unwrap());
        assert!(!is_right("wrong horse".into(), Some(one)).await.unwrap());
        assert!(!is_right("correct horse".into(), None).await.unwrap());
    }

    #[test]
    fn codes_have_six_digits() {
        assert!((0..100).all(|_| code().len() == 6));
    }
}
