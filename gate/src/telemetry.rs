//! Numbers for the operator, in the form Prometheus reads. Labels come from small fixed sets, never from a request.

use metrics::counter;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::access::Decision;

/// Begins to count. The handle renders what was counted; `None` when something else counts in this process already.
pub fn start() -> Option<PrometheusHandle> {
    let buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];
    PrometheusBuilder::new().set_buckets(&buckets).ok()?.install_recorder().ok()
}

/// A request was answered.
pub fn answered(route: &str, status: u16, seconds: f64) {
    counter!("cliffhanger_requests_total", "route" => route.to_owned(), "status" => status.to_string()).increment(1);
    metrics::histogram!("cliffhanger_request_seconds", "route" => route.to_owned()).record(seconds);
}

/// Somebody asked to watch.
pub fn play(decision: &Decision) {
    let outcome = match decision {
        Decision::Unavailable => "unavailable",
        Decision::Allowed { source, .. } => source.name(),
        Decision::Locked(_) => "locked",
    };
    counter!("cliffhanger_plays_total", "outcome" => outcome).increment(1);
}

/// Coins were spent.
pub fn unlocked(coins: u32) {
    counter!("cliffhanger_unlocks_total").increment(1);
    counter!("cliffhanger_coins_spent_total").increment(u64::from(coins));
}

/// A payment event was taken in.
pub fn payment(kind: &'static str) {
    counter!("cliffhanger_payments_total", "event" => kind).increment(1);
}

/// A request was refused because there were too many.
pub fn limited() {
    counter!("cliffhanger_rate_limited_total").increment(1);
}

/// A media address was refused.
pub fn media_refused(problem: &'static str) {
    counter!("cliffhanger_media_refused_total", "problem" => problem).increment(1);
}
