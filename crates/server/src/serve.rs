//! `fine serve`: everything in one process; and `fine worker`, which only runs audits.

use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fine_store::{Store, Transport};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::auth::{Checked, Embedded, Keys, Verifier};
use crate::config::{AuthMode, Config, Secret, ServeArgs, WorkerArgs};
use crate::limits::Limits;
use crate::listen::{self, Patience};
use crate::narrator::Model;
use crate::sandbox::{Allowance, Sandbox};
use crate::state::{App, State};
use crate::upload::UploadKey;
use crate::{api, app, demo, logs, telemetry, tls, worker};

/// Open requests and running audits get this long to end when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// Open files that a server asks the system for.
#[cfg(unix)]
const OPEN_FILES: u64 = 65_536;

/// Runs `fine serve` until ctrl-c.
///
/// # Errors
/// Settings that cannot be used, a data folder or port that is taken.
pub fn run(args: ServeArgs) -> Result<()> {
    let config = args.check(|name| std::env::var(name).ok())?;
    logs::start(args.work.log_format, &args.work.log);
    raise_file_limit();
    trace(&config, "serve")?;
    let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
    let outcome = runtime.block_on(async {
        let running = start(config).await?;
        announce(&running);
        let told = told_to_stop(&running.app).await;
        tracing::info!("stopping");
        running.stop().await?;
        told
    });
    // What still blocks a thread after the grace time does not hold up the end.
    runtime.shutdown_timeout(Duration::from_secs(1));
    telemetry::stop_traces();
    outcome
}

/// Each stream of live events is an open file, and many systems start programs with 1024.
fn raise_file_limit() {
    #[cfg(unix)]
    if let Err(e) = rlimit::increase_nofile_limit(OPEN_FILES) {
        tracing::warn!(error = %e, "the limit of open files stays as it is");
    }
}

/// Starts sending spans, where the settings say so.
fn trace(config: &Config, role: &'static str) -> Result<()> {
    if config.telemetry.traces { telemetry::start_traces(role) } else { Ok(()) }
}

/// Runs `fine worker` until ctrl-c.
///
/// # Errors
/// Settings that cannot be used, a database or data folder that cannot be reached.
pub fn work(args: &WorkerArgs) -> Result<()> {
    let config = args.check(|name| std::env::var(name).ok())?;
    logs::start(args.work.log_format, &args.work.log);
    trace(&config, "worker")?;
    let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
    let outcome = runtime.block_on(async {
        let store = open(&config).await?;
        let _lock = lock(store.folder(), false)?;
        let transport = Transport::open(&store, config.redis.as_ref()).await?;
        let app = state(config, store, transport, SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let mut tasks = background(&app);
        tasks.extend(telemetry::listen(&app).await?);
        tasks.push(tokio::spawn(worker::run(app.clone())));
        say(&format!("Working on {} audits at a time", app.config.audits_at_once));
        let told = told_to_stop(&app).await;
        tracing::info!("stopping; what runs goes back to the queue");
        app.stop.send_replace(true);
        let ended = tokio::time::timeout(GRACE, futures::future::join_all(tasks)).await;
        if ended.is_err() {
            tracing::warn!("some audits did not stop in time; their leases run out");
        }
        app.store.close().await;
        told
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    telemetry::stop_traces();
    outcome
}

/// What every process does beside its own work.
fn background(app: &App) -> Vec<JoinHandle<()>> {
    let (store, stop) = (app.store.clone(), app.stop.subscribe());
    vec![
        tokio::spawn(worker::reconcile(app.clone())),
        tokio::spawn(worker::sweep(app.clone())),
        tokio::spawn(telemetry::watch(app.clone())),
        tokio::spawn(async move { store.listen(stop).await }),
    ]
}

/// A running server.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Shared state.
    pub app: App,
    tasks: Vec<JoinHandle<()>>,
    http: JoinHandle<std::io::Result<()>>,
    _lock: File,
}

impl Running {
    /// Stops taking requests, lets open ones end, and gives running audits back to the queue.
    ///
    /// # Errors
    /// When the listener failed.
    pub async fn stop(self) -> Result<()> {
        self.app.stop.send_replace(true);
        let end = async {
            for task in self.tasks {
                task.await.context("end a task")?;
            }
            self.http.await.context("end the listener")?.context("serve")
        };
        let ended = tokio::time::timeout(GRACE, end).await;
        self.app.store.close().await;
        match ended {
            Ok(outcome) => outcome,
            Err(_) => {
                tracing::warn!("some requests did not end in time");
                Ok(())
            }
        }
    }
}

/// Starts a server, with its worker unless the settings leave that to others.
///
/// # Errors
/// A data folder or port that is taken or cannot be used.
pub async fn start(config: Config) -> Result<Running> {
    tls::choose_provider();
    let store = open(&config).await?;
    let lock = lock(store.folder(), config.database.is_none())?;
    if config.database.is_none() {
        // Nobody else works on this folder.
        store.files.sweep_local(Duration::ZERO);
        let orphans = store.expire_leases().await?;
        if orphans > 0 {
            tracing::info!(jobs = orphans, "audits of an earlier start go on");
        }
    }
    let transport = Transport::open(&store, config.redis.as_ref()).await?;
    let listener = TcpListener::bind((config.host, config.port)).await.with_context(|| {
        format!("listen on {}:{} (FINE_PORT and FINE_HOST choose another)", config.host, config.port)
    })?;
    let address = listener.local_addr().context("find the own address")?;
    let app = state(config, store, transport, address)?;
    let mut tasks = Vec::new();
    if app.config.audits_at_once > 0 {
        tasks.push(tokio::spawn(worker::run(app.clone())));
    }
    tasks.extend(background(&app));
    tasks.extend(telemetry::listen(&app).await?);
    let http =
        tokio::spawn(listen::serve(listener, app::router(app.clone()), app.stop.subscribe(), Patience::default()));
    let early = app.clone();
    tokio::spawn(async move { early.verifier.prepare().await });
    if let Some(folder) = app.config.demo.clone() {
        demo::load(&app, &folder).await.with_context(|| format!("load the demo workspace of {}", folder.display()))?;
    }
    Ok(Running { address, app, tasks, http, _lock: lock })
}

fn state(config: Config, store: Store, transport: Transport, address: SocketAddr) -> Result<App> {
    let public_url = match &config.public_url {
        Some(url) if !url.is_empty() => url.clone(),
        _ if address.ip().is_unspecified() => format!("http://127.0.0.1:{}", address.port()),
        _ => format!("http://{address}"),
    };
    let (verifier, embedded) = match &config.auth {
        AuthMode::Supabase { url, secret, .. } => {
            let verifier = Verifier::supabase(secret.as_ref().map(Secret::reveal), url, config.key_times);
            (verifier.context("make the HTTP client that fetches the keys of SUPABASE_URL")?, None)
        }
        AuthMode::Embedded => {
            let keys = Keys::open(&store.folder().join("keys"))?;
            let issuer = format!("{public_url}/auth/v1");
            let verifier = Verifier::embedded(keys.decoding.clone(), &issuer);
            (verifier, Some(Embedded { keys, issuer, outbox: store.folder().join("outbox") }))
        }
    };
    let executable = match &config.executable {
        Some(path) => path.clone(),
        None => std::env::current_exe().context("find the own executable")?,
    };
    let allowance =
        Allowance { memory_bytes: config.max_memory_bytes, time: config.max_audit_time, threads: config.audit_threads };
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let model =
        config.llm.as_ref().map(Model::new).transpose().context("make the HTTP client of the language model")?;
    Ok(Arc::new(State {
        model,
        upload_key: UploadKey::open(&store.folder().join("keys"))?,
        limits: Limits::new(&config)?,
        verifier,
        checked: Checked::default(),
        embedded,
        store,
        transport,
        metrics: telemetry::recorder()?,
        public_url,
        prepared: OnceLock::new(),
        stop: watch::Sender::new(false),
        sandbox: Sandbox { executable, allowance },
        heavy: Semaphore::new(cores.max(2)),
        timeout: api::REQUEST_TIMEOUT,
        config,
    }))
}

async fn open(config: &Config) -> Result<Store> {
    let folder = config.data_dir.display();
    let store = Store::open(&config.place()).await.with_context(|| match &config.database {
        None => format!("open the data folder {folder}"),
        Some(_) => format!("open the database of DATABASE_URL and the data folder {folder}"),
    })?;
    store.files.ping().await.context("reach the files")?;
    Ok(store)
}

/// One server a data folder, unless all of them use a database that many may use.
fn lock(folder: &Path, alone: bool) -> Result<File> {
    let path = folder.join("serve.lock");
    let file = File::create(&path).with_context(|| format!("write {}", path.display()))?;
    match if alone { file.try_lock() } else { file.try_lock_shared() } {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("use the data folder {}: another server is running on it", folder.display())
        }
        Err(TryLockError::Error(e)) => Err(e).with_context(|| format!("lock {}", path.display())),
    }
}

fn announce(running: &Running) {
    say(&format!("Listening on http://{}", running.address));
    say(&format!("Open {}", running.app.public_url));
    if running.app.config.demo.is_some() {
        say(&format!("Demo sign-in: {} / {}", demo::DEMO_EMAIL, demo::DEMO_PASSWORD));
    }
    say(&format!("Data folder: {}", running.app.store.folder().display()));
}

/// Waits for a reason to stop; an error when it is not a signal but tables of another version.
async fn told_to_stop(app: &App) -> Result<()> {
    let mut stop = app.stop.subscribe();
    tokio::select! {
        () = stop_signal() => Ok(()),
        _ = stop.wait_for(|stopped| *stopped) => app.store.check_tables().await.context("go on with these tables"),
    }
}

async fn stop_signal() {
    let ctrl_c = async {
        if let Err(e) = tokio::signal::ctrl_c().await {
            tracing::error!(error = %e, "ctrl-c cannot be watched");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = ctrl_c => {}
        () = terminate => {}
    }
}

/// A line for the person who started the server; a closed standard output is no reason to stop.
fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}
