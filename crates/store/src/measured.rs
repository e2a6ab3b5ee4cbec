//! A file store that counts what it does: operations, bytes, seconds, errors.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart,
};

/// Operations on files, by operation and outcome (`ok`, `not-found`, `error`).
pub const STORAGE_OPERATIONS: &str = "fine_storage_operations_total";
/// Seconds of one operation; for reading, until the first byte is there.
pub const STORAGE_SECONDS: &str = "fine_storage_seconds";
/// Bytes, by direction (`read`, `written`).
pub const STORAGE_BYTES: &str = "fine_storage_bytes_total";

/// What is measured around a store.
#[derive(Debug)]
pub(crate) struct Measured(Arc<dyn ObjectStore>);

impl Measured {
    pub(crate) fn new(store: impl ObjectStore) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn counted<T>(operation: &'static str, outcome: &Result<T>) {
    let outcome = match outcome {
        Ok(_) => "ok",
        Err(Error::NotFound { .. }) => "not-found",
        Err(_) => "error",
    };
    metrics::counter!(STORAGE_OPERATIONS, "operation" => operation, "outcome" => outcome).increment(1);
}

async fn timed<T>(operation: &'static str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let start = Instant::now();
    let outcome = work.await;
    metrics::histogram!(STORAGE_SECONDS, "operation" => operation).record(start.elapsed().as_secs_f64());
    counted(operation, &outcome);
    outcome
}

fn moved(direction: &'static str, bytes: u64) {
    metrics::counter!(STORAGE_BYTES, "direction" => direction).increment(bytes);
}

#[async_trait::async_trait]
impl ObjectStore for Measured {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let bytes = payload.content_length() as u64;
        let put = timed("put", self.0.put_opts(location, payload, options)).await?;
        moved("written", bytes);
        Ok(put)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let upload = timed("multipart-start", self.0.put_multipart_opts(location, options)).await?;
        Ok(Box::new(MeasuredUpload(upload)))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let head = options.head;
        let got = timed(if head { "head" } else { "get" }, self.0.get_opts(location, options)).await?;
        if !head {
            moved("read", got.range.end.saturating_sub(got.range.start));
        }
        Ok(got)
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let got = timed("get", self.0.get_ranges(location, ranges)).await?;
        moved("read", got.iter().map(|bytes| bytes.len() as u64).sum());
        Ok(got)
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations).inspect(|deleted| counted("delete", deleted)).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        counted("list", &Ok(()));
        self.0.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        counted("list", &Ok(()));
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        timed("list", self.0.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        timed("copy", self.0.copy_opts(from, to, options)).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        timed("rename", self.0.rename_opts(from, to, options)).await
    }
}

#[derive(Debug)]
struct MeasuredUpload(Box<dyn MultipartUpload>);

#[async_trait::async_trait]
impl MultipartUpload for MeasuredUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let bytes = data.content_length() as u64;
        let part = self.0.put_part(data);
        async move {
            timed("multipart-part", part).await?;
            moved("written", bytes);
            Ok(())
        }
        .boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        timed("multipart-end", self.0.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        timed("multipart-abort", self.0.abort()).await
    }
}
