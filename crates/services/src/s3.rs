//! An S3 server of one test that checks signatures, with a layer in front that can be told to be in trouble.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Error, S3Result, s3_error};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::{answers, free_port, wait};

const BUCKETS: [&str; 4] = ["fine-datasets", "fine-models", "fine-reports", "fine-artifacts"];
/// A number that no count reaches.
const NEVER: i64 = i64::MAX / 2;

/// An S3 server with four empty buckets.
#[derive(Debug)]
pub struct S3 {
    port: u16,
    folder: TempDir,
    trouble: Arc<Trouble>,
    running: Option<Runtime>,
}

/// What the layer in front does.
#[derive(Debug)]
struct Trouble {
    /// Requests that are still answered before all are refused.
    requests: AtomicI64,
    /// Parts that are still taken before all are refused.
    parts: AtomicI64,
    delay_ms: AtomicU64,
    seen: Mutex<Vec<String>>,
}

impl S3 {
    /// Name of the key.
    pub const KEY_ID: &str = "AKIDOFTHETESTS";
    /// The key.
    pub const SECRET: &str = "never-to-be-shown/s3";

    /// Starts a server.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for bucket in BUCKETS {
            std::fs::create_dir(folder.path().join(bucket)).expect("the temporary folder can be written");
        }
        let trouble = Trouble {
            requests: AtomicI64::new(NEVER),
            parts: AtomicI64::new(NEVER),
            delay_ms: AtomicU64::new(0),
            seen: Mutex::default(),
        };
        let mut server = Self { port: free_port(), folder, trouble: Arc::new(trouble), running: None };
        server.restart();
        server
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The variables with which a program finds it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let roles = ["S3_BUCKET_DATASETS", "S3_BUCKET_MODELS", "S3_BUCKET_REPORTS", "S3_BUCKET_ARTIFACTS"];
        let buckets = roles.into_iter().zip(BUCKETS).map(|(variable, bucket)| (variable, bucket.to_owned()));
        let others = [
            ("S3_ENDPOINT", self.endpoint()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", Self::KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", Self::SECRET.to_owned()),
        ];
        buckets.chain(others).collect()
    }

    /// Ends it in the middle of whatever it does; its objects stay.
    pub fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown_background();
        }
        wait("the S3 server to end", || !answers(self.port));
    }

    /// Starts it again at the same address, with its objects.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        let service = service(self.folder.path(), self.trouble.clone());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("threads can be started");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = std::net::TcpListener::bind(address).expect("the port is free");
        listener.set_nonblocking(true).expect("a socket can be set");
        runtime.spawn(serve(listener, service));
        self.running = Some(runtime);
        wait("the S3 server to start", || answers(self.port));
    }

    /// Refuses every request (503), until [`S3::recover`].
    pub fn refuse(&self) {
        self.refuse_after(0);
    }

    /// Refuses every request after so many more.
    pub fn refuse_after(&self, requests: i64) {
        self.trouble.requests.store(requests, Ordering::SeqCst);
    }

    /// Refuses every part of an upload after so many more.
    pub fn refuse_parts_after(&self, parts: i64) {
        self.trouble.parts.store(parts, Ordering::SeqCst);
    }

    /// Waits before every answer.
    pub fn slow(&self, delay: Duration) {
        self.trouble.delay_ms.store(delay.as_millis() as u64, Ordering::SeqCst);
    }

    /// Ends all trouble.
    pub fn recover(&self) {
        self.refuse_after(NEVER);
        self.refuse_parts_after(NEVER);
        self.slow(Duration::ZERO);
    }

    /// Operations that were asked for so far, as in `PutObject`.
    pub fn seen(&self) -> Vec<String> {
        self.trouble.seen.lock().expect("no test panics here").clone()
    }

    /// Where an object of a bucket lies.
    pub fn object(&self, bucket: &str, key: &str) -> PathBuf {
        self.folder.path().join(bucket).join(key)
    }

    /// Keys of all objects, as `bucket/key`.
    pub fn objects(&self) -> Vec<String> {
        let mut found = Vec::new();
        for bucket in BUCKETS {
            walk(&self.folder.path().join(bucket), bucket, &mut found);
        }
        found.sort();
        found
    }

    /// Parts of uploads that are neither completed nor aborted.
    pub fn parts(&self) -> usize {
        let names = std::fs::read_dir(self.folder.path()).expect("it is ours").flatten();
        names.filter(|entry| entry.file_name().to_string_lossy().starts_with(".upload_id-")).count()
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown_background();
        }
    }
}

fn walk(folder: &Path, name: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("it is ours").flatten() {
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { walk(&entry.path(), &name, found) } else { found.push(name) }
    }
}

fn service(folder: &Path, trouble: Arc<Trouble>) -> S3Service {
    let files = FileSystem::new(folder).expect("the folder is there");
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(S3::KEY_ID, S3::SECRET));
    builder.set_access(Front(trouble));
    builder.build()
}

async fn serve(listener: std::net::TcpListener, service: S3Service) {
    let listener = TcpListener::from_std(listener).expect("a socket can be watched");
    while let Ok((socket, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            // A client that goes away ends its connection, and nothing else.
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
        });
    }
}

/// The layer in front: who is not known is refused, and then there may be trouble.
struct Front(Arc<Trouble>);

impl Front {
    async fn admit(&self, operation: String, is_known: bool) -> S3Result<()> {
        let delay = Duration::from_millis(self.0.delay_ms.load(Ordering::SeqCst));
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let busy = || -> S3Error { s3_error!(ServiceUnavailable, "in trouble, as the test asked for") };
        if self.0.requests.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(busy());
        }
        if operation == "UploadPart" && self.0.parts.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(busy());
        }
        self.0.seen.lock().expect("no test panics here").push(operation);
        if is_known { Ok(()) } else { Err(s3_error!(AccessDenied, "unsigned")) }
    }
}

impl S3Access for Front {
    fn check<'a, 'b, 'c, 'out>(
        &'a self,
        context: &'b mut S3AccessContext<'c>,
    ) -> Pin<Box<dyn Future<Output = S3Result<()>> + Send + 'out>>
    where
        'a: 'out,
        'b: 'out,
        'c: 'out,
        Self: 'out,
    {
        let (operation, is_known) = (context.s3_op().name().to_owned(), context.credentials().is_some());
        Box::pin(self.admit(operation, is_known))
    }
}
