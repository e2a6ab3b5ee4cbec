//! Signed addresses for uploads to this server: the same promise as an object store's, with a key of our own.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use fine_store::Upload;
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use sha2::Sha256;

use crate::auth::make_private;

const KEY_BYTES: usize = 32;

/// The key, made once and kept in the data folder.
pub struct UploadKey([u8; KEY_BYTES]);

impl UploadKey {
    /// Reads the key from a folder, or makes it there.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("uploads.key");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
                let mut key = [0u8; KEY_BYTES];
                rand::rng().fill_bytes(&mut key);
                make_private(&path, hex::encode(key).as_bytes())?
            }
            Err(e) => return Err(e).with_context(|| format!("read the key {}", path.display())),
        };
        let key = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        ensure!(key.is_some(), "read the key {}: it is damaged; remove it to have a new one", path.display());
        Ok(Self(key.unwrap_or_default()))
    }

    /// The signature of an address: what may be sent, as whose upload, and until when.
    pub(crate) fn sign(&self, upload: &Upload, expires_s: i64) -> String {
        hex::encode(self.mac(upload, expires_s).finalize().into_bytes())
    }

    /// Whether a signature is ours, in constant time.
    pub(crate) fn is_signed(&self, upload: &Upload, expires_s: i64, signature: &str) -> bool {
        let given = hex::decode(signature).unwrap_or_default();
        self.mac(upload, expires_s).verify_slice(&given).is_ok()
    }

    fn mac(&self, u: &Upload, expires_s: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        let digest = u.sha256.as_deref().unwrap_or_default();
        // No field but the last can hold a line break.
        mac.update(format!("PUT\n{}\n{expires_s}\n{}\n{digest}\n{}", u.id, u.bytes, u.content_type).as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload() -> Upload {
        Upload {
            id: "0190".into(),
            owner_id: "ana".into(),
            kind: "datasets".into(),
            way: "signed".into(),
            filename: "a.csv".into(),
            content_type: "text/csv".into(),
            bytes: 10,
            sha256: Some("ab".into()),
            multipart_id: None,
            created_at: 0,
            touched_at: 0,
        }
    }

    #[test]
    fn a_signature_holds_for_one_upload_size_type_digest_and_time() {
        let folder = tempfile::tempdir().unwrap();
        let key = UploadKey::open(folder.path()).unwrap();
        let signature = key.sign(&upload(), 100);
        assert!(UploadKey::open(folder.path()).unwrap().is_signed(&upload(), 100, &signature), "the key is kept");
        assert!(!key.is_signed(&upload(), 101, &signature));
        for change in [
            (|u| u.id = "0191".into()) as fn(&mut Upload),
            |u| u.bytes = 11,
            |u| u.content_type = "text/html".into(),
            |u| u.sha256 = Some("cd".into()),
        ] {
            let mut other = upload();
            change(&mut other);
            assert!(!key.is_signed(&other, 100, &signature));
        }
        for wrong in ["", "00", "zz", &signature[2..]] {
            assert!(!key.is_signed(&upload(), 100, wrong));
        }
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(!UploadKey::open(elsewhere.path()).unwrap().is_signed(&upload(), 100, &signature));
    }
}
