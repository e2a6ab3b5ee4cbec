//! `fine backup`: a copy of the data folder that can be used as one.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use fine_store::{Place, Store};

use crate::config::PlaceArgs;

/// What is made again at the start, or belongs to a running process. The database is copied as one, not as a file.
const LEFT_OUT: [&str; 7] =
    ["fine.db", "fine.db-wal", "fine.db-shm", "transport.db", "transport.db-wal", "transport.db-shm", "serve.lock"];
/// Uploads under way.
const INCOMING: &str = "files/incoming";

/// Options of `fine backup`.
#[derive(Args, Clone, Debug)]
pub struct BackupArgs {
    /// A folder that is not there yet.
    target: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Runs the command. A server may run meanwhile: the database is copied first, so every row has its file.
///
/// # Errors
/// A folder that is there already, or that cannot be read or written.
pub fn backup(args: &BackupArgs) -> Result<ExitCode> {
    let place = Place { create: false, ..args.place.place(|name| std::env::var(name).ok())? };
    let target = args.target.as_path();
    if place.database.is_none() && !place.folder.join("fine.db").exists() {
        bail!("find a database in {}; --data-dir names the folder of the server", place.folder.display());
    }
    if target.exists() {
        bail!("write {}: it is there already", target.display());
    }
    std::fs::create_dir_all(target).with_context(|| format!("make {}", target.display()))?;
    let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
    let embedded = runtime.block_on(async {
        let store = Store::open(&place).await?;
        if store.is_embedded() {
            store.copy_database(&target.join("fine.db")).await?;
        }
        store.close().await;
        anyhow::Ok(store.is_embedded())
    })?;
    let inside = target.canonicalize().context("find the target")?;
    let copied = copy(&place.folder, target, Path::new(""), &inside)?;
    println!("{copied} files copied to {}", target.display());
    if !embedded {
        println!("The database is PostgreSQL: pg_dump copies it, and has to run before this.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies a folder below the data folder; answers how many files. What is deleted meanwhile is left out.
fn copy(from: &Path, to: &Path, below: &Path, target: &Path) -> Result<u64> {
    let folder = from.join(below);
    let mut copied = 0;
    for entry in std::fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))? {
        let entry = entry.with_context(|| format!("read {}", folder.display()))?;
        let name = below.join(entry.file_name());
        let source = from.join(&name);
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            // A backup inside the data folder does not copy itself.
            if source.canonicalize().is_ok_and(|path| path == target) {
                continue;
            }
            std::fs::create_dir_all(to.join(&name)).with_context(|| format!("make {}", name.display()))?;
            if name != Path::new(INCOMING) {
                copied += copy(from, to, &name, target)?;
            }
        } else if kind.is_file() && !LEFT_OUT.iter().any(|left| name == Path::new(left)) {
            match std::fs::copy(&source, to.join(&name)) {
                Ok(_) => copied += 1,
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(e).with_context(|| format!("copy {}", source.display())),
            }
        }
    }
    Ok(copied)
}
