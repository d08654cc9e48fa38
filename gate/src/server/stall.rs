//! Lets go of clients that ask for much and take it by the spoonful: each holds a connection and an open file.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// The least a client must take while the gate waits for it. A paused player takes nothing; its browser asks for the rest
/// in a new request when it goes on.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// So many bytes, or all there are to send,
    pub bytes: u64,
    /// in this time.
    pub within: Duration,
}

/// A stream whose writes fail when its reader is slower than the pace.
#[derive(Debug)]
pub(crate) struct Stall<S> {
    stream: S,
    pace: Pace,
    /// Since a write had to wait, until the reader has taken enough: the deadline, and how much is missing.
    waiting: Option<(Pin<Box<Sleep>>, u64)>,
}

impl<S> Stall<S> {
    pub(crate) fn new(stream: S, pace: Pace) -> Self {
        Self { stream, pace, waiting: None }
    }

    /// What became of a write.
    fn judge(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match outcome {
            Poll::Ready(Ok(written)) => {
                if let Some((_, missing)) = &mut self.waiting {
                    *missing = missing.saturating_sub(written as u64);
                    if *missing == 0 {
                        self.waiting = None;
                    }
                }
                outcome
            }
            Poll::Ready(Err(_)) => outcome,
            Poll::Pending => {
                let (deadline, _) = self.waiting.get_or_insert_with(|| (Box::pin(sleep(self.pace.within)), self.pace.bytes));
                ready!(deadline.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stall<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stall<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.judge(cx, outcome)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.judge(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Comes when all that was to be sent has been taken by the system: whoever is waited for next, it is not the client.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.waiting = None;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    /// Writes a hundred kilobytes to a reader that takes `bytes` each second, at a pace of ten thousand in ten seconds.
    async fn send(bytes: usize) -> io::Result<()> {
        let (ours, mut theirs) = duplex(1000);
        let reader = tokio::spawn(async move {
            let mut buffer = vec![0; bytes];
            while theirs.read_exact(&mut buffer).await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        let mut stall = Stall::new(ours, Pace { bytes: 10_000, within: Duration::from_secs(10) });
        let sent = async {
            stall.write_all(&[7; 100_000]).await?;
            stall.flush().await
        };
        let sent = sent.await;
        reader.abort();
        sent
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_keeps_the_pace_gets_everything() {
        assert!(send(1250).await.is_ok());
        assert!(send(100_000).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn threat_40_whoever_takes_less_is_let_go() {
        for bytes in [1, 100, 500] {
            assert_eq!(send(bytes).await.unwrap_err().kind(), io::ErrorKind::TimedOut, "{bytes}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_between_two_answers_is_not_the_readers() {
        let (ours, mut theirs) = duplex(10);
        let mut stall = Stall::new(ours, Pace { bytes: 1000, within: Duration::from_secs(1) });
        let mut buffer = [0; 20];
        for _ in 0..3 {
            let (sent, read) =
                tokio::join!(async { stall.write_all(&[7; 20]).await.and(stall.flush().await) }, theirs.read_exact(&mut buffer));
            assert!(sent.is_ok() && read.is_ok());
            sleep(Duration::from_secs(60)).await;
        }
    }
}
