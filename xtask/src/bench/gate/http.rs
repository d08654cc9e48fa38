//! A client that measures: HTTP/1.1 on one connection, one request after the other, and nothing that could get in the way.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Longer than anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection that is kept.
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, and when it came.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// When the first byte of the body was there, or the end of the head where there is no body.
    pub(super) first_byte: Instant,
}

impl Answer {
    /// The body, where the status is as expected.
    pub(super) fn json(&self, status: u16) -> Result<Value> {
        if self.status != status {
            bail!("the gate answered {} instead of {status}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        serde_json::from_slice(&self.body).context("the gate's answer is not JSON")
    }
}

/// A request as it goes over the wire. `from` is the client's address, as a proxy would tell it.
pub(super) fn request(method: &str, path: &str, from: usize, headers: &[(&str, &str)], body: Option<&Value>) -> Vec<u8> {
    let (a, b, c) = (from >> 16 & 255, from >> 8 & 255, from & 255);
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: gate\r\nx-forwarded-for: 10.{a}.{b}.{c}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    match body.map(Value::to_string) {
        Some(body) => text.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())),
        None => text.push_str("\r\n"),
    }
    text.into_bytes()
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("cannot reach the gate at {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: vec![0; 256 * 1024] })
    }

    pub(super) fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request)?;
        let mut head = Vec::new();
        let end = loop {
            let read = self.read()?;
            // From three bytes before what is new: the end may lie across two reads.
            let from = head.len().saturating_sub(3);
            head.extend_from_slice(read);
            if let Some(at) = head.get(from..).and_then(|new| new.windows(4).position(|four| four == b"\r\n\r\n")) {
                break from + at + 4;
            }
        };
        let mut body = head.split_off(end);
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("the gate did not answer in HTTP")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|length| length.trim().parse().ok());
        let length: usize = length.unwrap_or(0);
        let mut first_byte = Instant::now();
        let mut waiting = body.is_empty();
        while body.len() < length {
            let read = self.read()?;
            if std::mem::take(&mut waiting) {
                first_byte = Instant::now();
            }
            body.extend_from_slice(read);
        }
        Ok(Answer { status, body, first_byte })
    }

    fn read(&mut self) -> Result<&[u8]> {
        let count = self.stream.read(&mut self.buffer)?;
        if count == 0 {
            bail!("the gate closed the connection");
        }
        Ok(self.buffer.get(..count).unwrap_or_default())
    }
}
