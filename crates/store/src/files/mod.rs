//! Bytes of uploads and results, by keys made of ids; no name from a client is ever part of a key. They are in one local
//! folder, or in four buckets of an object store; then readers, which work with paths, get copies on this machine.

mod buckets;
mod scratch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use uuid::Uuid;

use crate::measured::Measured;
use crate::{Place, StoreError};
pub(crate) use buckets::Buckets;
pub use buckets::{Link, SMALL_BYTES};
pub use scratch::LocalFile;
use scratch::Scratch;

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
    /// First part of the key.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Dataset => "datasets",
            Self::Model => "models",
            Self::Result => "results",
        }
    }

    /// The key of the file with this id.
    pub fn key(self, id: &str) -> String {
        format!("{}/{id}", self.folder())
    }
}

/// A stored file as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The key.
    pub key: String,
    /// When it was written, milliseconds.
    pub written_at: i64,
}

/// The file store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    /// Folder on this machine: of all files, or of the copies and of the uploads under way of this process.
    root: PathBuf,
    home: Home,
}

#[derive(Clone, Debug)]
enum Home {
    Folder(Arc<Measured>),
    Buckets(Arc<Buckets>, Arc<Scratch>),
}

impl Files {
    /// The store of a place, with its folders made where they are missing. Nothing is asked of an object store yet.
    ///
    /// # Errors
    /// When a folder cannot be used or the settings of the object store are no such.
    pub(crate) fn open(folder: &Path, place: &Place) -> Result<Self, StoreError> {
        let Some(s3) = &place.s3 else { return Self::local(&folder.join("files")) };
        let scratch = Scratch::open(&folder.join("scratch"), place.scratch_bytes)?;
        let root = scratch.folder().to_owned();
        make_folders(&root, &["incoming"])?;
        Ok(Self { root, home: Home::Buckets(Arc::new(Buckets::open(s3)?), Arc::new(scratch)) })
    }

    fn local(root: &Path) -> Result<Self, StoreError> {
        make_folders(root, &["incoming", "uploads", "datasets", "models", "results"])?;
        let store = Measured::new(LocalFileSystem::new_with_prefix(root)?);
        Ok(Self { root: root.to_owned(), home: Home::Folder(Arc::new(store)) })
    }

    /// Whether the files are in a folder of this machine, not in an object store.
    pub fn is_local(&self) -> bool {
        matches!(self.home, Home::Folder(_))
    }

    /// A fresh path on this machine for an upload under way.
    pub fn incoming(&self) -> PathBuf {
        self.root.join("incoming").join(Uuid::now_v7().to_string())
    }

    /// Where the bytes of a resumable upload grow; only for files in a folder.
    pub fn growing(&self, upload: &str) -> PathBuf {
        self.root.join("uploads").join(upload)
    }

    /// A stored file as one on this machine. It stays there as long as the answer is held. A copy of an object is made
    /// once for all who ask, and checked.
    ///
    /// # Errors
    /// When the object store fails, the copy has another digest, or there is no room for it.
    pub async fn fetch(&self, kind: Kind, id: &str, bytes: u64, sha256: &str) -> Result<LocalFile, StoreError> {
        let key = kind.key(id);
        match &self.home {
            Home::Folder(_) => Ok(LocalFile::kept(self.root.join(key))),
            Home::Buckets(buckets, scratch) => scratch.copy(&key, bytes, sha256, Box::pin(buckets.stream(&key))).await,
        }
    }

    /// Moves a complete file of this machine to its key, atomically; into an object store in one piece, so only for small
    /// files there.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub(crate) async fn keep_whole(&self, path: &Path, key: &str) -> Result<(), StoreError> {
        match &self.home {
            Home::Folder(_) => {
                let target = self.root.join(key);
                tokio::fs::rename(path, &target).await.map_err(|e| StoreError::io(&target, e))
            }
            Home::Buckets(..) => {
                let bytes = tokio::fs::read(path).await.map_err(|e| StoreError::io(path, e))?;
                self.put(key, bytes).await
            }
        }
    }

    /// The buckets; `None` for files in a folder.
    pub(crate) fn buckets(&self) -> Option<&Buckets> {
        match &self.home {
            Home::Folder(_) => None,
            Home::Buckets(buckets, _) => Some(buckets),
        }
    }

    fn store(&self, key: &str) -> &dyn ObjectStore {
        match &self.home {
            Home::Folder(folder) => folder.as_ref(),
            Home::Buckets(buckets, _) => buckets.measured(key),
        }
    }

    /// Writes a file, all or nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.store(key).put(&Key::from(key), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is not there or the store fails.
    pub async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        Ok(self.store(key).get(&Key::from(key)).await?.bytes().await?)
    }

    /// Opens a file: its size, and its bytes piece by piece.
    ///
    /// # Errors
    /// When it is not there or the store fails.
    pub async fn read(&self, key: &str) -> Result<(u64, BoxStream<'static, Result<Bytes, StoreError>>), StoreError> {
        let found = self.store(key).get(&Key::from(key)).await?;
        Ok((found.meta.size, found.into_stream().map_err(StoreError::from).boxed()))
    }

    /// Size of a file; `None` when it is not there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, StoreError> {
        match self.store(key).head(&Key::from(key)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Deletes a file and this machine's copy of it; one that is not there is fine.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        if let Home::Buckets(_, scratch) = &self.home {
            scratch.forget(key);
        }
        match self.store(key).delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Deletes a file whose row is gone already. What cannot be deleted now goes with the next sweep.
    pub async fn discard(&self, key: &str) {
        if let Err(e) = self.delete(key).await {
            tracing::warn!(key, error = %e, "file not deleted; the sweep does it");
        }
    }

    /// All files of a kind.
    pub(crate) fn list(&self, kind: Kind) -> BoxStream<'_, Result<Listed, StoreError>> {
        let listed = self.store(kind.folder()).list(Some(&Key::from(kind.folder())));
        Box::pin(
            listed
                .map_ok(|meta| Listed {
                    key: meta.location.to_string(),
                    written_at: meta.last_modified.timestamp_millis(),
                })
                .map_err(StoreError::from),
        )
    }

    /// An address under which a result can be read for a while without a token; `None` for files in a folder.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn link(&self, key: &str, filename: &str, valid: Duration) -> Result<Option<String>, StoreError> {
        match &self.home {
            Home::Folder(_) => Ok(None),
            Home::Buckets(buckets, _) => buckets.sign_get(key, filename, valid).await.map(Some),
        }
    }

    /// Whether files can be written.
    ///
    /// # Errors
    /// When they cannot; names the bucket.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let path = self.incoming();
        tokio::fs::write(&path, b"").await.map_err(|e| StoreError::io(&path, e))?;
        tokio::fs::remove_file(&path).await.map_err(|e| StoreError::io(&path, e))?;
        match &self.home {
            Home::Folder(_) => Ok(()),
            Home::Buckets(buckets, _) => buckets.ping().await,
        }
    }

    /// Removes uploads that broke off, when nothing was written to them for this long, and copies that nobody has used for
    /// a while.
    pub fn sweep_local(&self, older: Duration) {
        for path in older_than(&self.root.join("incoming"), older) {
            if let Err(e) = std::fs::remove_file(&path) {
                tracing::warn!(path = %path.display(), error = %e, "left over upload could not be removed");
            }
        }
        if let Home::Buckets(_, scratch) = &self.home {
            scratch.sweep();
        }
    }

    /// Ids of resumable uploads whose last byte is older than this.
    pub(crate) fn grown(&self, older: Duration) -> Vec<String> {
        if !self.is_local() {
            return Vec::new();
        }
        older_than(&self.root.join("uploads"), older)
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect()
    }
}

fn make_folders(root: &Path, names: &[&str]) -> Result<(), StoreError> {
    for name in names {
        let path = root.join(name);
        std::fs::create_dir_all(&path).map_err(|e| StoreError::io(&path, e))?;
    }
    Ok(())
}

fn older_than(folder: &Path, older: Duration) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().filter_map(move |entry| {
        let written = entry.metadata().and_then(|m| m.modified());
        let is_old = written.is_ok_and(|at| at.elapsed().unwrap_or_default() >= older);
        is_old.then(|| entry.path())
    })
}
