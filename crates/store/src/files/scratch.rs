//! Copies of objects on this machine, for readers that work with paths. The folder belongs to one process; what a killed
//! process left is removed by the next one that starts.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::StoreError;

/// The bytes of an object.
pub(crate) type Stream = BoxStream<'static, object_store::Result<Bytes>>;

/// A copy that nobody has used for this long is removed.
const IDLE: Duration = Duration::from_secs(600);

/// A file on this machine. A copy of an object stays there as long as this is held.
#[derive(Debug)]
pub struct LocalFile {
    path: PathBuf,
    copy: Option<(Arc<Inner>, String)>,
}

impl LocalFile {
    /// A file that stays by itself.
    pub(crate) fn kept(path: PathBuf) -> Self {
        Self { path, copy: None }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for LocalFile {
    fn drop(&mut self) {
        if let Some((inner, name)) = &self.copy {
            inner.give_back(name);
        }
    }
}

/// The copies of this process.
#[derive(Debug)]
pub(crate) struct Scratch {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    limit: u64,
    copies: Mutex<HashMap<String, Copy>>,
    lock: PathBuf,
    _held: File,
}

#[derive(Debug)]
struct Copy {
    key: String,
    bytes: u64,
    users: usize,
    used: Instant,
    /// Set when the bytes are there and right.
    full: Arc<OnceCell<()>>,
}

impl Scratch {
    /// A fresh folder inside `base` for this process.
    pub(crate) fn open(base: &Path, limit: u64) -> Result<Self, StoreError> {
        std::fs::create_dir_all(base).map_err(|e| StoreError::io(base, e))?;
        sweep_dead(base);
        let name = Uuid::now_v7().to_string();
        // The lock is held before it has the name that others look for.
        let (draft, lock) = (base.join(format!("{name}.draft")), base.join(format!("{name}.lock")));
        let held = File::create_new(&draft).map_err(|e| StoreError::io(&draft, e))?;
        held.lock().map_err(|e| StoreError::io(&draft, e))?;
        let folder = base.join(&name);
        std::fs::create_dir(&folder).map_err(|e| StoreError::io(&folder, e))?;
        std::fs::rename(&draft, &lock).map_err(|e| StoreError::io(&lock, e))?;
        let copies = folder.join("copies");
        std::fs::create_dir(&copies).map_err(|e| StoreError::io(&copies, e))?;
        Ok(Self { inner: Arc::new(Inner { folder, limit, copies: Mutex::default(), lock, _held: held }) })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// The copy of an object, made unless it is there. Several who ask at once wait for the same copy.
    pub(crate) async fn copy(
        &self,
        key: &str,
        bytes: u64,
        sha256: &str,
        fetch: BoxFuture<'_, Result<Stream, StoreError>>,
    ) -> Result<LocalFile, StoreError> {
        let name = format!("{}-{sha256}", key.replace('/', "-"));
        let full = self.inner.reserve(&name, key, bytes)?;
        let file = LocalFile { path: self.inner.path(&name), copy: Some((self.inner.clone(), name)) };
        full.get_or_try_init(|| async { fill(&file.path, key, bytes, sha256, fetch.await?).await }).await?;
        Ok(file)
    }

    /// Removes the copies of an object that nobody uses.
    pub(crate) fn forget(&self, key: &str) {
        self.inner.remove(|copy| copy.key == key);
    }

    /// Removes copies that nobody has used for a while.
    pub(crate) fn sweep(&self) {
        self.inner.remove(|copy| copy.used.elapsed() >= IDLE);
    }
}

impl Inner {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join("copies").join(name)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Copy>> {
        // A panic in between leaves the counts as they were: at worst a copy stays until the process ends.
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a user of a copy; removes unused copies where there is no room for it, the longest unused first.
    fn reserve(&self, name: &str, key: &str, bytes: u64) -> Result<Arc<OnceCell<()>>, StoreError> {
        let mut copies = self.lock();
        if let Some(copy) = copies.get_mut(name) {
            copy.users += 1;
            return Ok(copy.full.clone());
        }
        let mut taken: u64 = copies.values().map(|copy| copy.bytes).sum();
        while taken.saturating_add(bytes) > self.limit {
            let unused = copies.iter().filter(|(_, copy)| copy.users == 0).min_by_key(|(_, copy)| copy.used);
            let Some(oldest) = unused.map(|(name, _)| name.clone()) else {
                return Err(StoreError::ScratchFull { needed: bytes, taken, limit: self.limit });
            };
            taken -= copies.remove(&oldest).map_or(0, |copy| copy.bytes);
            remove(&self.path(&oldest));
        }
        let full = Arc::new(OnceCell::new());
        let copy = Copy { key: key.to_owned(), bytes, users: 1, used: Instant::now(), full: full.clone() };
        copies.insert(name.to_owned(), copy);
        Ok(full)
    }

    fn give_back(&self, name: &str) {
        let mut copies = self.lock();
        let Some(copy) = copies.get_mut(name) else { return };
        copy.users -= 1;
        copy.used = Instant::now();
        if copy.users == 0 && !copy.full.initialized() {
            copies.remove(name);
            remove(&self.path(name));
        }
    }

    fn remove(&self, which: impl Fn(&Copy) -> bool) {
        self.lock().retain(|name, copy| {
            let goes = copy.users == 0 && which(copy);
            if goes {
                remove(&self.path(name));
            }
            !goes
        });
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // What cannot be removed now is removed at the next start.
        let _ = std::fs::remove_dir_all(&self.folder);
        let _ = std::fs::remove_file(&self.lock);
    }
}

async fn fill(path: &Path, key: &str, bytes: u64, sha256: &str, mut stream: Stream) -> Result<(), StoreError> {
    let io = |e| StoreError::io(path, e);
    let mut out = tokio::fs::File::create(path).await.map_err(io)?;
    let (mut digest, mut got) = (Sha256::new(), 0_u64);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        got += chunk.len() as u64;
        if got > bytes {
            break;
        }
        digest.update(&chunk);
        out.write_all(&chunk).await.map_err(io)?;
    }
    out.flush().await.map_err(io)?;
    if got != bytes || hex::encode(digest.finalize()) != sha256 {
        return Err(StoreError::Altered { key: key.to_owned() });
    }
    Ok(())
}

fn remove(path: &Path) {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), error = %e, "copy could not be removed");
        }
        _ => {}
    }
}

/// Removes the folders of processes that no longer hold their lock.
fn sweep_dead(base: &Path) {
    for entry in std::fs::read_dir(base).into_iter().flatten().flatten() {
        let lock = entry.path();
        let is_free = lock.extension().is_some_and(|e| e == "lock")
            && File::open(&lock).is_ok_and(|file| file.try_lock().is_ok());
        if is_free {
            let folder = lock.with_extension("");
            let gone = std::fs::remove_dir_all(&folder);
            if gone.is_ok() || !folder.exists() {
                remove(&lock);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    async fn abc() -> Result<Stream, StoreError> {
        Ok(futures::stream::iter([Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))]).boxed())
    }

    async fn never() -> Result<Stream, StoreError> {
        panic!("the copy is there already")
    }

    fn copies(scratch: &Scratch) -> usize {
        std::fs::read_dir(scratch.folder().join("copies")).unwrap().count()
    }

    #[tokio::test]
    async fn a_copy_is_made_once_and_checked() {
        let base = tempfile::tempdir().unwrap();
        let scratch = Scratch::open(base.path(), 10).unwrap();
        let first = scratch.copy("datasets/1", 3, SHA, Box::pin(abc())).await.unwrap();
        assert_eq!(std::fs::read(first.path()).unwrap(), b"abc");
        let second = scratch.copy("datasets/1", 3, SHA, Box::pin(never())).await.unwrap();
        assert_eq!(first.path(), second.path());
        scratch.forget("datasets/1");
        assert_eq!(copies(&scratch), 1, "it is in use");
        drop((first, second));
        scratch.forget("datasets/1");
        assert_eq!(copies(&scratch), 0);

        let longer = scratch.copy("datasets/1", 2, SHA, Box::pin(abc())).await.unwrap_err();
        assert!(matches!(longer, StoreError::Altered { .. }), "{longer}");
        let other = scratch.copy("datasets/1", 3, &SHA.replace('b', "a"), Box::pin(abc())).await.unwrap_err();
        assert!(other.to_string().contains("datasets/1"), "{other}");
        assert_eq!(copies(&scratch), 0, "nothing wrong stays");
    }

    #[tokio::test]
    async fn unused_copies_make_room_and_used_ones_do_not() {
        let base = tempfile::tempdir().unwrap();
        let scratch = Scratch::open(base.path(), 7).unwrap();
        drop(scratch.copy("models/1", 3, SHA, Box::pin(abc())).await.unwrap());
        let held = scratch.copy("models/2", 3, SHA, Box::pin(abc())).await.unwrap();
        let third = scratch.copy("models/3", 3, SHA, Box::pin(abc())).await.unwrap();
        assert_eq!(copies(&scratch), 2);
        let refusal = scratch.copy("models/4", 3, SHA, Box::pin(abc())).await.unwrap_err();
        assert!(matches!(refusal, StoreError::ScratchFull { needed: 3, taken: 6, limit: 7 }), "{refusal}");
        assert!(refusal.is_full());
        drop(third);
        scratch.copy("models/4", 3, SHA, Box::pin(abc())).await.unwrap();
        assert!(held.path().exists());
    }

    #[test]
    fn folders_of_the_dead_are_removed_and_those_of_the_living_are_not() {
        let base = tempfile::tempdir().unwrap();
        let living = Scratch::open(base.path(), 1).unwrap();
        let dead = base.path().join("dead");
        std::fs::create_dir(&dead).unwrap();
        std::fs::write(base.path().join("dead.lock"), "").unwrap();
        let next = Scratch::open(base.path(), 1).unwrap();
        assert!(!dead.exists() && living.folder().exists() && next.folder().exists());
        let folder = next.folder().to_owned();
        drop(next);
        assert!(!folder.exists(), "a process that ends tidies up");
    }
}
