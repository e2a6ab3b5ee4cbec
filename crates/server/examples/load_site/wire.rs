//! A client that costs as little as possible: HTTP/1.1 on one kept connection, no more than these answers need.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection.
pub struct Connection {
    stream: TcpStream,
    /// Read and not yet used.
    left: Vec<u8>,
}

/// A `GET` with a bearer token.
pub fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: fine.test\r\nauthorization: Bearer {token}\r\n\r\n").into_bytes()
}

impl Connection {
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, left: Vec::with_capacity(4096) })
    }

    /// Sends a request; answers the status when all of the answer is there.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        let (status, length) = self.head().await?;
        while self.left.len() < length {
            self.read().await?;
        }
        self.left.drain(..length);
        Ok(status)
    }

    /// Sends a request whose answer has no end; answers the status when its head is there.
    pub async fn begin(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        Ok(self.head().await?.0)
    }

    /// The next line of an answer without an end; `None` when it ended after all.
    pub async fn line(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.left.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.left.drain(..=end).collect();
                return Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()));
            }
            match self.read().await {
                Ok(()) => {}
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(e) => return Err(e),
            }
        }
    }

    /// Status, and length of the body.
    async fn head(&mut self) -> io::Result<(u16, usize)> {
        loop {
            if let Some(end) = self.left.windows(4).position(|four| four == b"\r\n\r\n") {
                let head: Vec<u8> = self.left.drain(..end + 4).collect();
                let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
                let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
                return Ok((status, length.unwrap_or(0)));
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.left).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}
