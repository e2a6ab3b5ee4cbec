//! Bytes of uploads and results, by keys made of ids; no name from a client is ever part of a key.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use uuid::Uuid;

use crate::StoreError;

/// What a file is, which is also the first part of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An uploaded table.
    Dataset,
    /// An uploaded model.
    Model,
    /// The result of an audit.
    Result,
}

impl Kind {
    /// The key of the file with this id.
    pub fn key(self, id: &str) -> String {
        let folder = match self {
            Self::Dataset => "datasets",
            Self::Model => "models",
            Self::Result => "results",
        };
        format!("{folder}/{id}")
    }
}

/// The file store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    root: PathBuf,
}

impl Files {
    /// A store in a folder, made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn local(root: &Path) -> Result<Self, StoreError> {
        for folder in ["incoming", "datasets", "models", "results"] {
            let path = root.join(folder);
            std::fs::create_dir_all(&path).map_err(|e| StoreError::io(&path, e))?;
        }
        let store = LocalFileSystem::new_with_prefix(root)?;
        Ok(Self { store: Arc::new(store), root: root.to_owned() })
    }

    /// A fresh path on the same disk for an upload under way.
    pub fn incoming(&self) -> PathBuf {
        self.root.join("incoming").join(Uuid::now_v7().to_string())
    }

    /// Moves a complete upload to its key, atomically.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub async fn keep(&self, incoming: &Path, key: &str) -> Result<(), StoreError> {
        let target = self.root.join(key);
        tokio::fs::rename(incoming, &target).await.map_err(|e| StoreError::io(&target, e))
    }

    /// Where an uploaded file is on this machine.
    pub fn local_path(&self, kind: Kind, id: &str) -> PathBuf {
        self.root.join(kind.key(id))
    }

    /// Writes a file, all or nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.store.put(&Key::from(key), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is not there or the store fails.
    pub async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        Ok(self.store.get(&Key::from(key)).await?.bytes().await?)
    }

    /// Deletes a file; one that is not there is fine.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Whether files can be written.
    ///
    /// # Errors
    /// When they cannot.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let path = self.incoming();
        tokio::fs::write(&path, b"").await.map_err(|e| StoreError::io(&path, e))?;
        tokio::fs::remove_file(&path).await.map_err(|e| StoreError::io(&path, e))
    }

    /// Removes uploads that broke off, when nothing was written to them for this long.
    pub fn sweep_incoming(&self, older: Duration) {
        let Ok(entries) = std::fs::read_dir(self.root.join("incoming")) else { return };
        for entry in entries.flatten() {
            let written = entry.metadata().and_then(|m| m.modified());
            let is_old = written.is_ok_and(|at| at.elapsed().unwrap_or_default() >= older);
            if is_old && let Err(e) = std::fs::remove_file(entry.path()) {
                tracing::warn!(path = %entry.path().display(), error = %e, "left over upload could not be removed");
            }
        }
    }
}
