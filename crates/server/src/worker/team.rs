//! One audit by several processes: the parent's side of `fine_audit::team`. The worker that holds the job opens it to others
//! when it will take a while, and others with a free place help. Blocks are rows of the database.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context;
use fine_audit::finding::Finding;
use fine_audit::result::StageRecord;
use fine_audit::run::{Event, Observer};
use fine_audit::stages::REGISTRY;
use fine_store::{Claim, Elsewhere, Member, StoreError, Turn};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::progress::{Progress, Stop};
use super::{REWRITE, WRITES};
use crate::sandbox::{Message, Reply, Said};
use crate::state::App;

/// An audit that is expected to take less is not shared.
const WORTH_MS: f64 = 4_000.0;
/// The job's worker looks after the stages of others this often.
const LOOK: Duration = Duration::from_millis(500);

/// Why a process works on a job.
pub(super) enum Role {
    /// It holds the job.
    Own(Claim),
    /// It has a free place, which jobs of at least this priority may take.
    Help(Member, i64),
}

/// The place of this process among those that share a job; asked by its child.
pub(super) struct Crew {
    app: App,
    runtime: Handle,
    role: Role,
    worker: String,
    /// Stages with their expected milliseconds.
    stages: Vec<(String, i64)>,
    /// Set once the job is shared.
    member: Arc<OnceLock<Member>>,
    /// A block could not be stored: nothing more is taken.
    broken: bool,
}

impl Crew {
    pub(super) fn new(app: App, role: Role, worker: String, member: Arc<OnceLock<Member>>) -> Self {
        if let Role::Help(own, _) = &role {
            member.get_or_init(|| own.clone());
        }
        Self { app, runtime: Handle::current(), role, worker, stages: Vec::new(), member, broken: false }
    }

    /// Replies to the child. Blocks.
    pub(super) fn hear(&mut self, message: &Message, bytes: Vec<u8>) -> Option<Said> {
        let reply = match message {
            Message::Weights(ms) => {
                let expected = |id: &str| (id.to_owned(), ms.get(id).map_or(0, |ms| *ms as i64));
                self.stages = REGISTRY.iter().map(|entry| expected(entry.id)).collect();
                return None;
            }
            Message::Share => self.share(ms_of(&self.stages)),
            Message::Take(stage, part, blocks) => return Some(self.take(stage, part, *blocks)),
            Message::Give { stage, part, block, .. } => {
                self.give(stage, part, *block, &bytes);
                return None;
            }
            _ => return None,
        };
        Some((reply, Vec::new()))
    }

    fn share(&self, expected_ms: f64) -> Reply {
        let claim = match &self.role {
            Role::Help(..) => return Reply::Together,
            Role::Own(_) if self.app.store.is_embedded() || expected_ms < WORTH_MS => return Reply::Alone,
            Role::Own(claim) => claim,
        };
        let open = async {
            let build = build(&self.app.sandbox.executable).await?;
            Ok::<_, anyhow::Error>(self.app.store.open_to_members(claim, &self.worker, &build).await?)
        };
        match self.runtime.block_on(open) {
            Ok(member) => {
                self.member.get_or_init(|| member);
                Reply::Together
            }
            Err(e) => {
                tracing::warn!(job = %claim.job_id, error = format!("{e:#}"), "the audit is not shared");
                Reply::Alone
            }
        }
    }

    fn take(&self, stage: &str, part: &str, blocks: u32) -> Said {
        let plain = |reply| (reply, Vec::new());
        let Some(member) = self.member.get().filter(|_| !self.broken) else { return plain(Reply::Gone) };
        let store = &self.app.store;
        let turn = self.runtime.block_on(async {
            // A helper makes room for an audit that waits for its place.
            if let Role::Help(_, least) = self.role
                && store.is_job_due(least).await?
            {
                return Ok(Turn::Gone);
            }
            match stage {
                "" => store.take_stage(member, &self.stages).await,
                stage => store.take_block(member, stage, part, blocks).await,
            }
        });
        match turn {
            Ok(Turn::Take(block)) => plain(Reply::Take(block)),
            Ok(Turn::Wait) => plain(Reply::Wait),
            Ok(Turn::Gone) => plain(Reply::Gone),
            // Who helps has no use for the whole.
            Ok(Turn::Done(_)) if stage.is_empty() && matches!(self.role, Role::Help(..)) => plain(Reply::Gone),
            Ok(Turn::Done(all)) => (Reply::Done(all.iter().map(|b| b.len() as u64).collect()), all.concat()),
            Err(e) => {
                tracing::warn!(job = %member.job_id, error = %e, "no block could be taken; it is tried again");
                std::thread::sleep(REWRITE);
                plain(Reply::Wait)
            }
        }
    }

    /// Stores a block, also when the database is away for a while.
    fn give(&mut self, stage: &str, part: &str, block: u32, bytes: &[u8]) {
        let Some(member) = self.member.get().filter(|_| !self.broken) else { return };
        let (stage, part) = match stage {
            "" => (REGISTRY.get(block as usize).map_or("", |entry| entry.id), ""),
            stage => (stage, part),
        };
        for _ in 0..WRITES {
            match self.runtime.block_on(self.app.store.give_block(member, stage, part, block, bytes)) {
                Ok(()) => return,
                Err(e) if e.is_passing() => {
                    tracing::warn!(job = %member.job_id, error = %e, "a block is not stored; it is tried again");
                    std::thread::sleep(REWRITE);
                }
                Err(e) => {
                    tracing::warn!(job = %member.job_id, error = %e, "a block is not stored");
                    break;
                }
            }
        }
        self.broken = true;
    }
}

fn ms_of(stages: &[(String, i64)]) -> f64 {
    stages.iter().map(|(_, ms)| *ms as f64).sum()
}

/// Digest of the program that does the work: only the same program has the same numbers to the last bit.
pub(super) async fn build(executable: &Path) -> anyhow::Result<String> {
    static BUILD: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let path: PathBuf = executable.to_owned();
    let made = BUILD.get_or_try_init(|| async move {
        let digest = tokio::task::spawn_blocking(move || digest(&path));
        digest.await.context("read the own program")?.context("read the own program")
    });
    Ok(made.await?.clone())
}

fn digest(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hasher) = (std::fs::File::open(path)?, Sha256::new());
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            read => hasher.update(&block[..read]),
        }
    }
}

/// Hears of the stages of others, for the job's own worker, until the work ends.
pub(super) async fn hear_others(app: App, member: Arc<OnceLock<Member>>, progress: Arc<Progress>) -> StoreError {
    let mut known = Vec::new();
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(member) = member.get() else { continue };
        if let Err(e) = hear_once(&app, member, &progress, &mut known).await {
            tracing::warn!(job = %member.job_id, error = %e, "the stages of others could not be seen; it is tried again");
        }
    }
}

/// The state of the stages of others; done ones are added to `known`.
pub(super) async fn hear_once(
    app: &App,
    member: &Member,
    progress: &Progress,
    known: &mut Vec<u32>,
) -> Result<(), StoreError> {
    for stage in app.store.elsewhere(member, known).await? {
        match stage {
            Elsewhere::Running(block) => {
                if let Some(entry) = REGISTRY.get(block as usize) {
                    progress.is_elsewhere(entry.id);
                }
            }
            Elsewhere::Done(block, bytes) => {
                known.push(block);
                let (record, findings): (StageRecord, Vec<Finding>) = serde_json::from_slice(&bytes)?;
                progress.event(&Event::StageFinished { record: &record, findings: &findings });
            }
        }
    }
    Ok(())
}

/// Keeps a helper's membership; ends the help when the job has ended or this process stops.
pub(super) async fn keep_membership(app: App, member: Member, progress: Arc<Progress>) {
    let mut kept = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(super::WATCH).await;
        if *app.stop.borrow() {
            progress.stop(Stop::Shutdown);
            return;
        }
        if kept.elapsed() < super::HEARTBEAT {
            continue;
        }
        match app.store.keep_membership(&member).await {
            Ok(true) => kept = tokio::time::Instant::now(),
            Ok(false) => {
                progress.stop(Stop::LostLease);
                return;
            }
            Err(e) => tracing::warn!(job = %member.job_id, error = %e, "membership not kept; it is tried again"),
        }
    }
}
