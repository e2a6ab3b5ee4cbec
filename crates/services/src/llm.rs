//! A server that answers like a language model's, or unlike one, as a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path.
    pub path: String,
    /// Request line and header fields, as they came.
    pub head: String,
    /// The body.
    pub body: String,
    /// How many came before.
    pub number: usize,
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// This body with this status and further header fields (`name: value`).
    Body(u16, Vec<String>, String),
    /// The first half of such a body; then the connection breaks.
    Half(String),
    /// The same, but after this time.
    After(Duration, Box<Answer>),
    /// Nothing, and an open connection.
    Silence,
    /// Bytes that are no answer.
    Noise(Vec<u8>),
}

impl Answer {
    /// A body with status 200.
    pub fn ok(body: impl Into<String>) -> Self {
        Self::Body(200, Vec::new(), body.into())
    }
}

/// The server; it ends when this is dropped.
pub struct ScriptedLlm {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    stop: Arc<AtomicBool>,
}

impl ScriptedLlm {
    /// Starts a server that answers by this script.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let (asked, stop) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let server = Self { port, asked: Arc::clone(&asked), stop: stop.clone() };
        let script = Arc::new(script);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (script, asked) = (script.clone(), asked.clone());
                // A client that goes away is no failure of the server.
                std::thread::spawn(move || drop(answer(stream, &*script, &asked)));
            }
        });
        server
    }

    /// Its address, without a path.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ScriptedLlm {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The listener looks at `stop` when somebody comes.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn answer(
    mut stream: TcpStream,
    script: &(impl Fn(&Asked) -> Answer + ?Sized),
    all: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let field = |name: &str| {
        let value = head.lines().find_map(|line| line.split_once(':').filter(|(n, _)| n.eq_ignore_ascii_case(name)));
        value.map(|(_, value)| value.trim().to_owned())
    };
    let length: usize = field("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let asked = {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(&body).into_owned();
        let asked = Asked { path, head, body, number: all.len() };
        all.push(asked.clone());
        asked
    };
    send(&mut stream, script(&asked))?;
    stream.shutdown(Shutdown::Both)
}

fn send(stream: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
    let whole = |status: u16, fields: &[String], body: &str| {
        let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        let length = body.len();
        format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n{fields}\r\n{body}"
        )
    };
    match answer {
        Answer::Body(status, fields, body) => stream.write_all(whole(status, &fields, &body).as_bytes()),
        Answer::Half(body) => {
            let bytes = whole(200, &[], &body).into_bytes();
            stream.write_all(&bytes[..bytes.len() - body.len() / 2])
        }
        Answer::After(time, then) => {
            std::thread::sleep(time);
            send(stream, *then)
        }
        Answer::Silence => {
            // Until the client goes away, and not for ever.
            stream.set_read_timeout(Some(Duration::from_secs(120)))?;
            stream.read(&mut [0]).map(drop)
        }
        Answer::Noise(bytes) => stream.write_all(&bytes),
    }
}
