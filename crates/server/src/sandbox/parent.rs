//! The parent: starts a child, listens to it, ends it in time.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::child::{NAME, Request, STOP};
use super::{Allowance, Failure, Message, Reply, Task};

/// The parent looks for a wish to stop this often.
const WATCH: Duration = Duration::from_millis(100);
/// A child that was asked to stop gets this long.
const GRACE: Duration = Duration::from_secs(5);
/// Longest line of a child; a result of an audit has a few megabytes.
const LINE_BYTES: u64 = 1 << 30;
/// What is kept of a child's error output.
const TRACE_BYTES: usize = 4096;
/// What a child inherits of the environment: no secret is among it.
const KEPT: &[&str] =
    &["FINE_ONNXRUNTIME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "PATH", "LLVM_PROFILE_FILE"];

/// A reply, and the bytes that follow it.
pub(crate) type Said = (Reply, Vec<u8>);

/// How children are started.
#[derive(Clone, Debug)]
pub(crate) struct Sandbox {
    /// The executable with the hidden command.
    pub(crate) executable: PathBuf,
    /// What each child may use up.
    pub(crate) allowance: Allowance,
}

impl Sandbox {
    /// Runs a task to its end, alone. Blocks; `listen` hears every message but the answer.
    ///
    /// # Errors
    /// [`Failure`], in all its kinds.
    pub(crate) fn run<A: DeserializeOwned>(
        &self,
        task: Task,
        listen: &mut dyn FnMut(Message),
        stop: &dyn Fn() -> bool,
    ) -> Result<A, Failure> {
        let mut hear = |message: Message, bytes| {
            let said = alone(&message, bytes);
            listen(message);
            said
        };
        let (value, _) = self.run_raw(task, &mut hear, stop)?;
        Ok(serde_json::from_str(value.get())?)
    }

    /// [`Sandbox::run`] with the answer as the child wrote it, and the bytes that follow it. `talk` hears every message but
    /// the answer, with the bytes that follow it, and replies to questions.
    ///
    /// # Errors
    /// As [`Sandbox::run`].
    pub(crate) fn run_raw(
        &self,
        task: Task,
        talk: &mut dyn FnMut(Message, Vec<u8>) -> Option<Said>,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Box<RawValue>, Vec<u8>), Failure> {
        let mut running = Running::start(&self.executable)?;
        running.tell(&serde_json::to_string(&Request { task, allowance: self.allowance })?, &[])?;
        let heard = running.listen(self.allowance.time, talk, stop);
        running.end(heard, &self.allowance)
    }
}

/// What one who works alone replies.
fn alone(message: &Message, _: Vec<u8>) -> Option<Said> {
    matches!(message, Message::Share).then_some((Reply::Alone, Vec::new()))
}

/// What came out of a child.
enum Heard {
    Answer(Box<RawValue>, Vec<u8>),
    Failure(Failure),
    /// The output ended without an answer.
    Nothing,
}

/// A line of the child, or the reason why there are no more.
type Line = Result<(Message, Vec<u8>), Failure>;

struct Running {
    child: Child,
    lines: Receiver<Line>,
    trace: Option<JoinHandle<String>>,
}

impl Running {
    fn start(executable: &Path) -> Result<Self, Failure> {
        let kept = KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
        let mut child = Command::new(executable)
            .arg(NAME)
            .env_clear()
            .envs(kept)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (send, lines) = channel();
        if let Some(out) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut out = BufReader::new(out);
                while let Some(line) = next(&mut out) {
                    let last = line.is_err();
                    if send.send(line).is_err() || last {
                        break;
                    }
                }
            });
        }
        let trace = child.stderr.take().map(|err| std::thread::spawn(move || tail(err)));
        Ok(Self { child, lines, trace })
    }

    /// Sends a line and bytes after it. A child that is gone already tells more by its end than by its broken pipe.
    fn tell(&mut self, line: &str, bytes: &[u8]) -> Result<(), Failure> {
        let Some(input) = self.child.stdin.as_mut() else { return Ok(()) };
        let parts = [line.as_bytes(), b"\n", bytes];
        match parts.iter().try_for_each(|part| input.write_all(part)).and_then(|()| input.flush()) {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(e.into()),
            _ => Ok(()),
        }
    }

    fn listen(
        &mut self,
        limit: Duration,
        talk: &mut dyn FnMut(Message, Vec<u8>) -> Option<Said>,
        stop: &dyn Fn() -> bool,
    ) -> Heard {
        let start = Instant::now();
        let mut asked: Option<Instant> = None;
        loop {
            match self.lines.recv_timeout(WATCH) {
                Ok(Ok((Message::Answer { value, .. }, bytes))) => return Heard::Answer(value, bytes),
                Ok(Ok((Message::Refused(refusal), _))) => return Heard::Failure(Failure::Refused(refusal)),
                Ok(Ok((message, bytes))) => {
                    if let Some((reply, bytes)) = talk(message, bytes)
                        && let Err(failure) = self.reply(&reply, &bytes)
                    {
                        return Heard::Failure(failure);
                    }
                }
                Ok(Err(failure)) => return Heard::Failure(failure),
                Err(RecvTimeoutError::Disconnected) => return Heard::Nothing,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if start.elapsed() > limit {
                return Heard::Failure(Failure::Time { limit });
            }
            match asked {
                None if stop() => {
                    asked = Some(Instant::now());
                    if let Err(failure) = self.tell(STOP, &[]) {
                        return Heard::Failure(failure);
                    }
                }
                Some(at) if at.elapsed() > GRACE => return Heard::Failure(Failure::Stopped),
                _ => {}
            }
        }
    }

    fn reply(&mut self, reply: &Reply, bytes: &[u8]) -> Result<(), Failure> {
        self.tell(&serde_json::to_string(reply)?, bytes)
    }

    /// Ends the child, if it is still there, and says what happened.
    fn end(mut self, heard: Heard, allowance: &Allowance) -> Result<(Box<RawValue>, Vec<u8>), Failure> {
        drop(self.child.stdin.take());
        if !matches!(heard, Heard::Nothing) {
            // It ends by itself when its input closes; one that does not is not worth waiting for.
            let _ = self.child.kill();
        }
        let status = self.child.wait()?;
        let trace = self.trace.take().and_then(|t| t.join().ok()).unwrap_or_default();
        match heard {
            Heard::Answer(value, bytes) => Ok((value, bytes)),
            Heard::Failure(failure) => Err(failure),
            Heard::Nothing => Err(crash(status, trace, allowance)),
        }
    }
}

/// Why a child ended without an answer.
fn crash(status: ExitStatus, trace: String, allowance: &Allowance) -> Failure {
    // What Rust, C++ and a thread that gets no stack say.
    const STARVED: [&str; 4] = ["memory allocation of", "bad_alloc", "os error 12", "os error 11"];
    if STARVED.iter().any(|sign| trace.contains(sign)) {
        return Failure::Memory { limit_bytes: allowance.memory_bytes };
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        const KILLED: i32 = 9;
        match status.signal() {
            Some(KILLED) => return Failure::Killed,
            Some(signal) => return Failure::Crashed { how: format!("signal {signal}"), trace },
            None => {}
        }
    }
    let how = status.code().map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"));
    Failure::Crashed { how, trace }
}

/// The next message and what follows it; `None` at the end.
fn next(out: &mut impl BufRead) -> Option<Line> {
    let mut line = Vec::new();
    match out.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line) {
        Err(e) => return Some(Err(e.into())),
        Ok(_) if !line.ends_with(b"\n") => return None,
        Ok(_) => {}
    }
    let message: Message = match serde_json::from_slice(&line) {
        Ok(message) => message,
        Err(e) => return Some(Err(e.into())),
    };
    let mut bytes = Vec::new();
    let length = message.following();
    if length > 0 {
        match out.take(length).read_to_end(&mut bytes) {
            Err(e) => return Some(Err(e.into())),
            Ok(read) if (read as u64) < length => return None,
            Ok(_) => {}
        }
    }
    Some(Ok((message, bytes)))
}

/// The end of a stream, read to its end.
fn tail(mut stream: impl Read) -> String {
    let (mut kept, mut block) = (Vec::new(), [0u8; TRACE_BYTES]);
    while let Ok(read) = stream.read(&mut block) {
        if read == 0 {
            break;
        }
        kept.extend_from_slice(&block[..read]);
        let surplus = kept.len().saturating_sub(TRACE_BYTES);
        kept.drain(..surplus);
    }
    String::from_utf8_lossy(&kept).trim().to_owned()
}
