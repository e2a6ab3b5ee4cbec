//! The child: reads its task, loads the bytes, shuts itself in, works, answers.

use std::collections::HashMap;
use std::io::{BufRead, BufWriter, Read, Stdout, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fine_audit::run::{Event, Observer};
use fine_audit::team::{Team, Turn};
use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;

use super::{Allowance, Message, Reply, Task, lockdown, work};

/// The hidden command.
pub(super) const NAME: &str = "sandboxed";
/// What the parent writes to stop the work.
pub(super) const STOP: &str = "stop";
/// Ticks of a stage are passed on at most this often.
const TICK: Duration = Duration::from_millis(100);
/// A process that waits for the blocks of others asks again after this.
const WAIT: Duration = Duration::from_millis(50);
/// Longest reply line; what follows it has a length of its own.
const REPLY_BYTES: u64 = 1 << 24;

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
    let (send, replies) = channel();
    let relay = Relay::new(replies);
    relay.say(&Message::Inside(inside))?;
    watch(relay.stopped.clone(), send);
    let answer = catch_unwind(AssertUnwindSafe(|| work::perform(task, &loaded, &relay)));
    ensure!(answer.is_ok(), "the reader gave up");
    match answer {
        Ok(Ok(answer)) => relay.answer(&answer),
        Ok(Err(work::Stop::Refused(refusal))) => Ok(relay.say(&Message::Refused(refusal))?),
        Ok(Err(work::Stop::Failed(e))) => Err(e),
        Err(_) => Ok(()),
    }
}

/// Passes replies on, stops the work when the parent says so, and ends the process when the parent is gone.
fn watch(stopped: Arc<AtomicBool>, replies: Sender<Replied>) {
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        while let Ok(Some(line)) = next(&mut input) {
            if line.as_slice() == STOP.as_bytes() {
                stopped.store(true, Ordering::Relaxed);
            } else {
                let Ok(reply) = replied(&line, &mut input) else { break };
                // Nobody who waits is fine: the work was stopped.
                let _ = replies.send(reply);
            }
        }
        std::process::exit(0);
    });
}

/// The next line, without its end.
fn next(input: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.by_ref().take(REPLY_BYTES).read_until(b'\n', &mut line)?;
    Ok(line.ends_with(b"\n").then(|| {
        line.pop();
        line
    }))
}

/// A reply, and the blocks that follow it.
type Replied = (Reply, Vec<Vec<u8>>);

fn replied(line: &[u8], input: &mut impl Read) -> Result<Replied> {
    let reply: Reply = serde_json::from_slice(line)?;
    let mut blocks = Vec::new();
    if let Reply::Done(lengths) = &reply {
        for length in lengths {
            let mut block = Vec::new();
            let read = input.by_ref().take(*length).read_to_end(&mut block)?;
            ensure!(read as u64 == *length, "the parent broke off");
            blocks.push(block);
        }
    }
    Ok((reply, blocks))
}

/// Passes everything on to the parent.
pub(super) struct Relay {
    out: Mutex<BufWriter<Stdout>>,
    ticked: Mutex<Option<Instant>>,
    stopped: Arc<AtomicBool>,
    replies: Mutex<Receiver<Replied>>,
}

impl Relay {
    fn new(replies: Receiver<Replied>) -> Self {
        Self {
            out: Mutex::new(BufWriter::new(std::io::stdout())),
            ticked: Mutex::new(None),
            stopped: Arc::default(),
            replies: Mutex::new(replies),
        }
    }

    /// Asks the parent; [`Reply::Gone`] when there is none any more.
    fn ask(&self, question: &Message) -> Replied {
        let replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        match self.say(question) {
            Ok(()) => replies.recv().unwrap_or((Reply::Gone, Vec::new())),
            Err(_) => (Reply::Gone, Vec::new()),
        }
    }

    /// Whether other processes share this audit.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self.ask(&Message::Share).0, Reply::Together)
    }

    fn pass(&self, message: &Message, bytes: &[u8]) -> Result<()> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::to_writer(&mut *out, message).context("write a message")?;
        let parts = [b"\n".as_slice(), bytes];
        parts.iter().try_for_each(|part| out.write_all(part)).and_then(|()| out.flush()).context("write a message")
    }

    pub(super) fn say(&self, message: &Message) -> Result<()> {
        self.pass(message, &[])
    }

    fn answer(&self, answer: &work::Answer) -> Result<()> {
        let message = Message::Answer { value: to_raw_value(&answer.value)?, bytes: answer.bytes.len() as u64 };
        self.pass(&message, &answer.bytes)
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

impl Team for Relay {
    fn take(&self, stage: &str, part: &str, blocks: u32) -> Turn {
        let question = Message::Take(stage.to_owned(), part.to_owned(), blocks);
        while !self.cancelled() {
            match self.ask(&question) {
                (Reply::Take(block), _) => return Turn::Compute(vec![block]),
                (Reply::Done(_), blocks) => return Turn::Done(blocks),
                (Reply::Wait, _) => std::thread::sleep(WAIT),
                (Reply::Gone | Reply::Alone | Reply::Together, _) => return Turn::Gone,
            }
        }
        Turn::Gone
    }

    fn give(&self, stage: &str, part: &str, block: u32, bytes: Vec<u8>) {
        let (stage, part) = (stage.to_owned(), part.to_owned());
        let message = Message::Give { stage, part, block, bytes: bytes.len() as u64 };
        if self.pass(&message, &bytes).is_err() {
            self.stopped.store(true, Ordering::Relaxed);
        }
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
