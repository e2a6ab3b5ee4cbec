//! The child: reads its task, loads the bytes, shuts itself in, works, answers.

use std::collections::HashMap;
use std::io::{BufRead, BufWriter, Stdout, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fine_audit::run::{Event, Observer};
use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;

use super::{Allowance, Message, Task, lockdown, work};

/// The hidden command.
pub(super) const NAME: &str = "sandboxed";
/// What the parent writes to stop the work.
pub(super) const STOP: &str = "stop";
/// Ticks of a stage are passed on at most this often.
const TICK: Duration = Duration::from_millis(100);

/// The first line of the standard input.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) task: Task,
    pub(super) allowance: Allowance,
}

/// Bytes of the files of a task, and the runtime for graphs.
pub(super) struct Loaded {
    files: HashMap<PathBuf, Vec<u8>>,
    pub(super) runtime: Option<fine_onnx::Runtime>,
}

impl Loaded {
    fn of(task: &Task) -> Result<Self> {
        let mut loaded = Self { files: HashMap::new(), runtime: None };
        for path in task.paths() {
            if loaded.files.contains_key(path) {
                continue;
            }
            let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
            loaded.files.insert(path.to_owned(), bytes);
        }
        // The library reads files while it loads, so it comes in before the door is shut; only graphs need it.
        if task.models().iter().any(|path| may_be_graph(loaded.bytes(path))) {
            loaded.runtime = fine_onnx::Runtime::find();
        }
        Ok(loaded)
    }

    pub(super) fn bytes(&self, path: &Path) -> &[u8] {
        self.files.get(path).map_or(&[], Vec::as_slice)
    }
}

/// False for the plain beginnings of the other formats.
fn may_be_graph(bytes: &[u8]) -> bool {
    !matches!(bytes.first(), None | Some(0x80 | b'{' | b't' | b'(' | b'c'))
}

/// Runs the hidden command: 0 when an answer was given.
pub fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e:#}");
            ExitCode::from(2)
        }
    }
}

fn serve() -> Result<()> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("read the task")?;
    let Request { task, allowance } = serde_json::from_str(&line).context("understand the task")?;
    let loaded = Loaded::of(&task)?;
    let threads = allowance.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from));
    let inside = lockdown::enter(allowance.memory_bytes);
    rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(1)).build_global().context("start the threads")?;
    let relay = Relay::default();
    relay.say(&Message::Inside(inside))?;
    watch(relay.stopped.clone());
    let answer = catch_unwind(AssertUnwindSafe(|| work::perform(task, &loaded, &relay)));
    ensure!(answer.is_ok(), "the reader gave up");
    match answer {
        Ok(Ok(answer)) => relay.answer(&answer),
        Ok(Err(work::Stop::Refused(refusal))) => Ok(relay.say(&Message::Refused(refusal))?),
        Ok(Err(work::Stop::Failed(e))) => Err(e),
        Err(_) => Ok(()),
    }
}

/// Stops the work when the parent says so, and the process when the parent is gone.
fn watch(stopped: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            match line {
                Ok(line) if line == STOP => stopped.store(true, Ordering::Relaxed),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        std::process::exit(0);
    });
}

/// Passes everything on to the parent.
pub(super) struct Relay {
    out: Mutex<BufWriter<Stdout>>,
    ticked: Mutex<Option<Instant>>,
    stopped: Arc<AtomicBool>,
}

impl Default for Relay {
    fn default() -> Self {
        Self { out: Mutex::new(BufWriter::new(std::io::stdout())), ticked: Mutex::new(None), stopped: Arc::default() }
    }
}

impl Relay {
    pub(super) fn say(&self, message: &Message) -> Result<()> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::to_writer(&mut *out, message).context("write a message")?;
        out.write_all(b"\n").and_then(|()| out.flush()).context("write a message")
    }

    fn answer(&self, answer: &work::Answer) -> Result<()> {
        let message = Message::Answer { value: to_raw_value(&answer.value)?, bytes: answer.bytes.len() as u64 };
        self.say(&message)?;
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&answer.bytes).and_then(|()| out.flush()).context("write the answer")
    }

    /// A message whose loss ends the work: nobody listens any more.
    fn tell(&self, message: &Message) {
        if self.say(message).is_err() {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    fn due(&self) -> bool {
        let mut last = self.ticked.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|at| at.elapsed() >= TICK);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}

impl Observer for Relay {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::StageStarted { id, cost } => self.tell(&Message::Started((*id).to_owned(), *cost)),
            Event::Tick { id, done, total } if self.due() => {
                self.tell(&Message::Tick((*id).to_owned(), *done, *total));
            }
            Event::Tick { .. } => {}
            Event::StageFinished { record, findings } => {
                self.tell(&Message::Finished(Box::new((*record).clone()), findings.to_vec()));
            }
        }
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}
