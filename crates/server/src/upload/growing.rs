//! The file of an upload that grows piece by piece: locked by the one who goes on with it, and never longer than announced.
//! Its length is the truth about how far the upload is, so a killed server loses nothing that it has confirmed.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures::StreamExt;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use super::{DRAIN_BYTES, DRAIN_TIME};
use crate::problem::{ApiError, INCOMPLETE_UPLOAD, UPLOAD_LOCKED, UPLOAD_MISMATCH};

/// A client that sends nothing for this long is gone.
const SILENCE: Duration = Duration::from_secs(15);

/// The file of an upload, locked until this is dropped.
#[derive(Debug)]
pub(crate) struct Growing {
    file: File,
    path: PathBuf,
    /// Bytes that are there.
    pub(crate) bytes: u64,
}

/// Why a body was not taken to its end.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The client went away or sent nonsense; what came is kept.
    Off(ApiError),
    /// It is longer than announced.
    Long,
    /// It cannot be written.
    Disk(std::io::Error),
}

impl Growing {
    /// Opens the file, making it when `make` says so; `None` when there is none.
    ///
    /// # Errors
    /// 423 when somebody else goes on with it.
    pub(crate) fn open(path: &Path, make: bool) -> Result<Option<Self>, ApiError> {
        let file = match File::options().read(true).write(true).create(make).truncate(false).open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ApiError::new(UPLOAD_LOCKED).detail("Try again in a moment.").retry_after(1));
            }
            Err(TryLockError::Error(e)) => return Err(e.into()),
        }
        let bytes = file.metadata()?.len();
        Ok(Some(Self { file, path: path.to_owned(), bytes }))
    }

    /// Bytes of an upload that are there, whoever goes on with it.
    pub(crate) fn length(path: &Path) -> std::io::Result<u64> {
        match std::fs::metadata(path) {
            Ok(meta) => Ok(meta.len()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(e) => Err(e),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Cuts the file.
    pub(crate) fn cut(&mut self, bytes: u64) -> std::io::Result<()> {
        self.file.set_len(bytes)?;
        self.bytes = bytes;
        Ok(())
    }

    /// Appends a body, up to `most` bytes in all. When this answers, also with an error, the bytes that are counted are safe
    /// on the disk.
    pub(crate) async fn append(&mut self, body: Body, most: u64) -> Result<(), Broken> {
        let start = self.bytes;
        self.file.seek(SeekFrom::Start(start)).map_err(Broken::Disk)?;
        let file = self.file.try_clone().map_err(Broken::Disk)?;
        let mut out = tokio::fs::File::from_std(file);
        let poured = self.pour(&mut out, body, most).await;
        let safe = async {
            out.flush().await?;
            out.sync_data().await
        };
        match (poured, safe.await) {
            (Err(Broken::Disk(e)), _) | (_, Err(e)) => {
                // A disk that is full may have taken a part of a piece.
                self.cut(start).map_err(Broken::Disk)?;
                Err(Broken::Disk(e))
            }
            (poured, Ok(())) => poured,
        }
    }

    async fn pour(&mut self, out: &mut tokio::fs::File, body: Body, most: u64) -> Result<(), Broken> {
        let mut chunks = body.into_data_stream();
        let off = |detail: String| Broken::Off(ApiError::new(INCOMPLETE_UPLOAD).detail(detail));
        loop {
            let chunk = match tokio::time::timeout(SILENCE, chunks.next()).await {
                Err(_) => return Err(off(format!("Nothing came for {} s.", SILENCE.as_secs()))),
                Ok(None) => return Ok(()),
                Ok(Some(Err(e))) => return Err(off(format!("The upload broke off: {e}"))),
                Ok(Some(Ok(chunk))) => chunk,
            };
            if self.bytes + chunk.len() as u64 > most {
                drain(chunks).await;
                return Err(Broken::Long);
            }
            if let Err(e) = out.write_all(&chunk).await {
                drain(chunks).await;
                return Err(Broken::Disk(e));
            }
            self.bytes += chunk.len() as u64;
        }
    }
}

/// Reads on for a moment, so that a client that still sends gets to see the answer instead of a cut connection.
async fn drain(mut chunks: BodyDataStream) {
    let mut left = DRAIN_BYTES;
    let read = async {
        while let Some(Ok(chunk)) = chunks.next().await
            && left > chunk.len()
        {
            left -= chunk.len();
        }
    };
    // Whether all of it came does not matter: the answer is the same.
    let _ = tokio::time::timeout(DRAIN_TIME, read).await;
}

impl Broken {
    /// The problem, for a body that was to bring so many bytes in all.
    pub(crate) fn problem(self, announced: i64) -> ApiError {
        match self {
            Self::Off(problem) => problem,
            Self::Long => ApiError::new(UPLOAD_MISMATCH)
                .detail(format!("{announced} bytes were announced, and more came."))
                .arg("bytes", announced),
            Self::Disk(e) => e.into(),
        }
    }
}

/// Size and SHA-256 of a file, lower-case hex.
pub(crate) async fn digest(path: &Path) -> Result<(u64, String), ApiError> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let (mut file, mut digest, mut bytes) = (File::open(path)?, Sha256::new(), 0);
        let mut buffer = vec![0; 1 << 20];
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                return std::io::Result::Ok((bytes, hex::encode(digest.finalize())));
            }
            digest.update(&buffer[..read]);
            bytes += read as u64;
        }
    });
    Ok(read.await??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time_and_never_longer_than_announced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("u");
        assert!(Growing::open(&path, false).unwrap().is_none());
        let mut first = Growing::open(&path, true).unwrap().unwrap();
        assert_eq!(Growing::open(&path, false).unwrap_err().status(), 423);
        first.append(Body::from("abc"), 5).await.unwrap();
        assert_eq!((first.bytes, Growing::length(&path).unwrap()), (3, 3));
        let long = first.append(Body::from("defg"), 5).await.unwrap_err();
        assert!(matches!(long, Broken::Long));
        drop(first);
        let mut second = Growing::open(&path, false).unwrap().unwrap();
        second.append(Body::from("de"), 5).await.unwrap();
        drop(second);
        assert_eq!(std::fs::read(&path).unwrap(), b"abcde");
        let sha = "36bbe50ed96841d10443bcb670d6554f0a34b761be67ec9c4a8ad2c0c44ca42c";
        assert_eq!(digest(&path).await.unwrap(), (5, sha.to_owned()));
    }

    #[tokio::test]
    async fn what_came_before_a_break_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Growing::open(&folder.path().join("u"), true).unwrap().unwrap();
        let broken = futures::stream::iter([Ok("abc"), Err(std::io::Error::other("gone"))]);
        let off = file.append(Body::from_stream(broken), 9).await.unwrap_err();
        assert!(matches!(&off, Broken::Off(_)));
        assert_eq!((off.problem(9).status(), file.bytes), (400, 3));
    }
}
