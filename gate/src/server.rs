//! Connections: how many, how long a client may take to say what it wants and to take what it asked for, and how they end.

mod stall;

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

pub use stall::Pace;
use stall::Stall;

/// How connections are treated.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The most at once; more wait to be accepted.
    pub most: usize,
    /// The most at once from one address; more are closed.
    pub most_per_peer: usize,
    /// Proxies, which speak for many.
    pub proxies: Vec<IpNet>,
    /// How long a client may take over the head of a request.
    pub head: Duration,
    /// How fast a client must take what is sent to it.
    pub pace: Pace,
    /// How long open transfers may go on after a stop was asked for.
    pub drain: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            most: 4096,
            most_per_peer: 512,
            proxies: Vec::new(),
            head: Duration::from_secs(15),
            pace: Pace { bytes: 64 * 1024, within: Duration::from_secs(60) },
            drain: Duration::from_secs(5),
        }
    }
}

/// Open connections by address.
#[derive(Clone, Default)]
struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

struct Seat(Peers, IpAddr);

impl Peers {
    fn seat(&self, ip: IpAddr, most: usize) -> Option<Seat> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(ip).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat(self.clone(), ip))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.1);
            }
        }
    }
}

/// Serves `router` on `listener` until `stop`, then lets open requests end, for a while.
pub async fn run(listener: TcpListener, router: Router, rules: Rules, stop: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(rules.most));
    let peers = Peers::default();
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // A slot first: when all are taken, newcomers wait in the system's own queue.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, most likely: give the others time to end.
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let ip = peer.ip().to_canonical();
        let most = if rules.proxies.iter().any(|net| net.contains(&ip)) { usize::MAX } else { rules.most_per_peer };
        let Some(seat) = peers.seat(ip, most) else { continue };
        let _ = stream.set_nodelay(true);
        let service = service(router.clone(), peer);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(rules.head)
            .serve_connection(TokioIo::new(Stall::new(stream, rules.pace)), service_fn(service));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off is no news.
            let _ = connection.await;
            drop((slot, seat));
        });
    }
    drop(listener);
    // A player that holds a stream open must not hold the process.
    let _ = tokio::time::timeout(rules.drain, graceful.shutdown()).await;
}

fn service(
    router: Router,
    peer: SocketAddr,
) -> impl Fn(hyper::Request<hyper::body::Incoming>) -> tower::util::Oneshot<Router, Request<Body>> {
    move |request| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    }
}
