//! Four buckets of an S3-compatible object store.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::stream::FuturesOrdered;
use futures::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path as Key;
use object_store::signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer};
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::io::AsyncReadExt;

use super::scratch::Stream;
use crate::measured::Measured;
use crate::{S3, StoreError};

/// Up to this size a file goes in one piece, whose digest is then part of what is signed; beyond it in parts.
pub const SMALL_BYTES: u64 = 16 << 20;
/// Smallest part; the protocol's own least is 5 MiB.
const PART_BYTES: u64 = 8 << 20;
/// Most parts of a file; the protocol's own most is 10,000.
const PARTS: u64 = 1000;
/// Parts that are sent at the same time; so much memory an upload takes.
const AT_ONCE: usize = 2;

/// A signed address and what must be sent with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The address.
    pub url: String,
    /// Headers that are part of the signature.
    pub headers: Vec<(String, String)>,
    /// Size of what is sent.
    pub bytes: u64,
}

/// The buckets.
#[derive(Debug)]
pub(crate) struct Buckets {
    datasets: Bucket,
    models: Bucket,
    reports: Bucket,
    artifacts: Bucket,
}

#[derive(Debug)]
struct Bucket {
    variable: &'static str,
    store: AmazonS3,
    /// The same store, counting what it does.
    measured: Measured,
}

impl Buckets {
    /// Nothing is asked of the server yet.
    pub(crate) fn open(s3: &S3) -> Result<Self, StoreError> {
        let bucket = |variable, name: &str| {
            let store = open(s3, name)?;
            Ok::<_, StoreError>(Bucket { variable, measured: Measured::new(store.clone()), store })
        };
        Ok(Self {
            datasets: bucket("S3_BUCKET_DATASETS", &s3.datasets)?,
            models: bucket("S3_BUCKET_MODELS", &s3.models)?,
            reports: bucket("S3_BUCKET_REPORTS", &s3.reports)?,
            artifacts: bucket("S3_BUCKET_ARTIFACTS", &s3.artifacts)?,
        })
    }

    /// The bucket of a key. Results are what reports are made of; all that audits leave on their way is an artifact.
    pub(crate) fn of(&self, key: &str) -> &AmazonS3 {
        &self.bucket(key).store
    }

    /// The same, counting what it does.
    pub(crate) fn measured(&self, key: &str) -> &Measured {
        &self.bucket(key).measured
    }

    fn bucket(&self, key: &str) -> &Bucket {
        match key.split('/').next() {
            Some("datasets") => &self.datasets,
            Some("models") => &self.models,
            Some("results") => &self.reports,
            _ => &self.artifacts,
        }
    }

    /// Whether all buckets can be looked into.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        for Bucket { variable, store, .. } in [&self.datasets, &self.models, &self.reports, &self.artifacts] {
            // Nothing has this key, so the answer is short.
            let look = store.list(Some(&Key::from("ready"))).try_next().await;
            look.map_err(|source| StoreError::Bucket { variable, source })?;
        }
        Ok(())
    }

    /// The bytes of an object.
    pub(crate) async fn stream(&self, key: &str) -> Result<Stream, StoreError> {
        Ok(self.of(key).get(&Key::from(key)).await?.into_stream())
    }

    /// Size of the parts of a file.
    pub(crate) fn part_bytes(bytes: u64) -> u64 {
        bytes.div_ceil(PARTS).next_multiple_of(1 << 20).max(PART_BYTES)
    }

    /// Number of the parts of a file.
    pub(crate) fn parts(bytes: u64) -> u64 {
        bytes.div_ceil(Self::part_bytes(bytes))
    }

    /// Begins an upload in parts; answers its id.
    pub(crate) async fn begin(&self, key: &str) -> Result<String, StoreError> {
        Ok(self.of(key).create_multipart(&Key::from(key)).await?)
    }

    /// Sends a file in parts, a few at a time, and completes the upload.
    pub(crate) async fn send(&self, key: &str, multipart: &str, path: &Path, bytes: u64) -> Result<(), StoreError> {
        let (store, location, id) = (self.of(key), Key::from(key), multipart.to_owned());
        let mut file = tokio::fs::File::open(path).await.map_err(|e| StoreError::io(path, e))?;
        let size = Self::part_bytes(bytes);
        let (mut under_way, mut sent) = (FuturesOrdered::new(), Vec::new());
        for at in 0.. {
            let mut part = Vec::new();
            (&mut file).take(size).read_to_end(&mut part).await.map_err(|e| StoreError::io(path, e))?;
            let is_end = part.is_empty();
            if !is_end {
                let (store, location, id) = (store.clone(), location.clone(), id.clone());
                under_way.push_back(async move { store.put_part(&location, &id, at, part.into()).await });
            }
            while under_way.len() >= if is_end { 1 } else { AT_ONCE } {
                if let Some(tag) = under_way.next().await {
                    sent.push(tag?);
                }
            }
            if is_end {
                break;
            }
        }
        store.complete_multipart(&location, &id, sent).await?;
        Ok(())
    }

    /// Completes an upload whose parts somebody else has sent.
    pub(crate) async fn complete(&self, key: &str, multipart: &str, tags: Vec<String>) -> Result<(), StoreError> {
        let parts = tags.into_iter().map(|content_id| PartId { content_id }).collect();
        self.of(key).complete_multipart(&Key::from(key), &multipart.to_owned(), parts).await?;
        Ok(())
    }

    /// Forgets an upload in parts; one that is unknown (also to a server that then says "denied") is fine.
    pub(crate) async fn abort(&self, key: &str, multipart: &str) -> Result<(), StoreError> {
        use object_store::Error::{NotFound, PermissionDenied};
        match self.of(key).abort_multipart(&Key::from(key), &multipart.to_owned()).await {
            Ok(()) | Err(NotFound { .. } | PermissionDenied { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// An address to send a file to in one piece: key, type and digest (and with it the size) are part of the signature.
    pub(crate) async fn sign_put(
        &self,
        key: &str,
        content_type: &str,
        sha256: &str,
        bytes: u64,
        valid: Duration,
    ) -> Result<Link, StoreError> {
        let digest = hex::decode(sha256).map_err(|e| generic(&e))?;
        let headers =
            [("content-type", content_type.to_owned()), ("x-amz-checksum-sha256", BASE64_STANDARD.encode(digest))];
        let mut options = SignedUrlOptions::new();
        for (name, value) in &headers {
            let value = HeaderValue::from_str(value).map_err(|e| generic(&e))?;
            options = options.with_signed_header(HeaderName::from_static(name), value);
        }
        let url = self.of(key).signed_url_opts(Method::PUT, &Key::from(key), valid, &options).await?;
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(Link { url: url.to_string(), headers, bytes })
    }

    /// Addresses to send the parts of a file to: key, upload and number are part of each signature.
    pub(crate) async fn sign_parts(
        &self,
        key: &str,
        multipart: &str,
        bytes: u64,
        valid: Duration,
    ) -> Result<Vec<Link>, StoreError> {
        let (store, location, size) = (self.of(key), Key::from(key), Self::part_bytes(bytes));
        let mut links = Vec::new();
        for at in 0..Self::parts(bytes) {
            let query = [("partNumber", (at + 1).to_string()), ("uploadId", multipart.to_owned())];
            let options = SignedUrlOptions::new().with_query(query);
            let url = store.signed_url_opts(Method::PUT, &location, valid, &options).await?;
            links.push(Link { url: url.to_string(), headers: Vec::new(), bytes: size.min(bytes - at * size) });
        }
        Ok(links)
    }

    /// An address to read an object from, as a download with this name.
    pub(crate) async fn sign_get(&self, key: &str, filename: &str, valid: Duration) -> Result<String, StoreError> {
        let query = [
            ("response-content-disposition", format!("attachment; filename=\"{filename}\"")),
            ("response-content-type", "application/json".to_owned()),
            ("response-cache-control", "no-store".to_owned()),
        ];
        let options = SignedUrlOptions::new().with_query(query);
        let url = self.of(key).signed_url_opts(Method::GET, &Key::from(key), valid, &options).await?;
        Ok(url.to_string())
    }
}

fn generic(source: &dyn std::fmt::Display) -> StoreError {
    StoreError::Files(object_store::Error::Generic { store: "S3", source: source.to_string().into() })
}

/// Nothing is waited for without end: a request has two minutes, a silent server half of one, and an answer that may pass
/// is asked for a few times more.
fn open(s3: &S3, bucket: &str) -> Result<AmazonS3, StoreError> {
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(4),
            base: 2.0,
        },
        max_retries: 5,
        retry_timeout: Duration::from_secs(60),
    };
    let options = ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(5))
        .with_read_timeout(Duration::from_secs(30))
        .with_timeout(Duration::from_secs(120));
    let builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(&s3.region)
        .with_access_key_id(s3.access_key_id.reveal())
        .with_secret_access_key(s3.secret_access_key.reveal())
        .with_retry(retry)
        .with_client_options(options);
    let builder = match &s3.endpoint {
        Some(endpoint) => builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://")),
        None => builder,
    };
    Ok(builder.build()?)
}
