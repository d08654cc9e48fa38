//! How often one may ask: per peer address and per viewer. Each gate counts for itself.

use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use crate::app::Gate;
use crate::problem::Problem;

/// Requests per second in the long run, and at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Per second.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

/// The limits of a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// API requests of one address.
    pub peer: Rate,
    /// API requests of one viewer.
    pub viewer: Rate,
    /// New viewers of one address.
    pub newcomers: Rate,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            peer: Rate { per_second: 50, burst: 400 },
            viewer: Rate { per_second: 10, burst: 100 },
            newcomers: Rate { per_second: 1, burst: 60 },
            proxies: Vec::new(),
        }
    }
}

impl Rules {
    /// Wide enough to try things out on one machine.
    pub fn demo() -> Self {
        Self {
            peer: Rate { per_second: 500, burst: 5_000 },
            viewer: Rate { per_second: 100, burst: 1_000 },
            newcomers: Rate { per_second: 50, burst: 1_000 },
            ..Self::default()
        }
    }
}

/// The counters.
pub struct Limits {
    peers: DefaultKeyedRateLimiter<IpAddr>,
    viewers: DefaultKeyedRateLimiter<String>,
    newcomers: DefaultKeyedRateLimiter<IpAddr>,
    proxies: Vec<IpNet>,
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").field("proxies", &self.proxies).finish_non_exhaustive()
    }
}

impl Limits {
    /// Counters for `rules`.
    pub fn new(rules: &Rules) -> Self {
        Self {
            peers: limiter(rules.peer),
            viewers: limiter(rules.viewer),
            newcomers: limiter(rules.newcomers),
            proxies: rules.proxies.clone(),
        }
    }

    /// Counts a request of `viewer`.
    pub fn viewer(&self, viewer: &str) -> Result<(), Problem> {
        check(&self.viewers, &viewer.to_owned())
    }

    /// Forgets who has not asked for a while.
    pub fn prune(&self) {
        self.peers.retain_recent();
        self.viewers.retain_recent();
        self.newcomers.retain_recent();
    }

    /// The address that counts: the peer's own, or, behind a proxy we were told to believe, the last address that no such
    /// proxy put there. What a client writes into the header itself stands further left and is never reached.
    pub fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let trusted = |ip: &IpAddr| self.proxies.iter().any(|net| net.contains(ip));
        if !trusted(&peer) {
            return peer;
        }
        let all = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
        let hops: Vec<&str> = all.flat_map(|v| v.split(',')).map(str::trim).collect();
        let mut address = peer;
        for hop in hops.iter().rev() {
            let Ok(ip) = hop.parse::<IpAddr>() else { break };
            address = ip.to_canonical();
            if !trusted(&address) {
                break;
            }
        }
        address
    }
}

fn limiter<K: Hash + Eq + Clone>(rate: Rate) -> DefaultKeyedRateLimiter<K> {
    let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    RateLimiter::keyed(Quota::per_second(at_least_one(rate.per_second)).allow_burst(at_least_one(rate.burst)))
}

fn check<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Problem> {
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now());
        crate::telemetry::limited();
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate-limited", "Too many requests")
            .retry_after(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)))
    })
}

/// A whole IPv6 network is one household.
fn household(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

fn address(gate: &Gate, request: &Request) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    Some(household(gate.limits().address(peer.ip().to_canonical(), request.headers())))
}

/// Counts API requests of one address.
pub async fn peers(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    if let Some(Err(problem)) = address(&gate, &request).map(|ip| check(&gate.limits().peers, &ip)) {
        return problem.into_response();
    }
    next.run(request).await
}

/// Counts new viewers of one address.
pub async fn newcomers(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    if let Some(Err(problem)) = address(&gate, &request).map(|ip| check(&gate.limits().newcomers, &ip)) {
        return problem.into_response();
    }
    next.run(request).await
}
