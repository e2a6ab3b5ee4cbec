//! The signing key of the embedded sign-in: ES256, made once, kept in the data folder.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use rand::Rng;

/// Private and public key with the public key's id.
pub struct Keys {
    encoding: EncodingKey,
    /// Checks signatures.
    pub decoding: DecodingKey,
    jwk: Jwk,
}

impl Keys {
    /// Reads the key from a folder, or makes it there.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn open(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
        let path = folder.join("jwt-es256.pem");
        let pem = match std::fs::read_to_string(&path) {
            Ok(pem) => pem,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => make(&path)?,
            Err(e) => return Err(e).with_context(|| format!("read the signing key {}", path.display())),
        };
        Self::from_pem(&pem).with_context(|| format!("read the signing key {}", path.display()))
    }

    fn from_pem(pem: &str) -> Result<Self> {
        let encoding = EncodingKey::from_ec_pem(pem.as_bytes())?;
        let mut jwk = Jwk::from_encoding_key(&encoding, Algorithm::ES256)?;
        jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256)?);
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { encoding, decoding: DecodingKey::from_jwk(&jwk)?, jwk })
    }

    /// Signs claims.
    ///
    /// # Errors
    /// When the claims are no JSON object.
    pub fn sign(&self, claims: &impl serde::Serialize) -> jsonwebtoken::errors::Result<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid.clone_from(&self.jwk.common.key_id);
        jsonwebtoken::encode(&header, claims, &self.encoding)
    }

    /// The public keys.
    pub fn published(&self) -> JwkSet {
        JwkSet { keys: vec![self.jwk.clone()] }
    }
}

fn make(path: &Path) -> Result<String> {
    let key = loop {
        let mut bytes = [0u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        // A number beyond the order of the curve is drawn again.
        if let Ok(key) = SecretKey::from_slice(&bytes) {
            break key;
        }
    };
    let pem = key.to_pkcs8_pem(LineEnding::LF).context("write the signing key as PEM")?;
    make_private(path, pem.as_bytes())
}

/// Makes a file that only its owner may read, unless another process is faster; answers what it holds.
pub(crate) fn make_private(path: &Path, bytes: &[u8]) -> Result<String> {
    // Complete before it has its name, and never over another's: of two servers that start at once, both use the first key.
    let draft = path.with_extension(format!("{}.draft", uuid::Uuid::now_v7()));
    write_private(&draft, bytes)?;
    let named = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft).with_context(|| format!("remove {}", draft.display()))?;
    match named {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(e).with_context(|| format!("write {}", path.display()))
        }
        _ => std::fs::read_to_string(path).with_context(|| format!("read {}", path.display())),
    }
}

/// Writes a file that only its owner may read (on systems with such permissions).
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut f| f.write_all(bytes));
    written.with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_start_at_once_use_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let folder = folder.path().to_owned();
                std::thread::spawn(move || Keys::open(&folder).unwrap().published())
            })
            .collect();
        let keys: Vec<JwkSet> = starts.into_iter().map(|start| start.join().unwrap()).collect();
        assert!(keys.iter().all(|k| *k == keys[0]));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn the_key_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let first = Keys::open(folder.path()).unwrap().published();
        let second = Keys::open(folder.path()).unwrap().published();
        assert_eq!(first, second);
        let json = serde_json::to_value(&first).unwrap();
        assert_eq!(json["keys"][0]["alg"], "ES256");
        assert!(json["keys"][0].get("d").is_none());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("jwt-es256.pem")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
