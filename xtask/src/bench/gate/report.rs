//! The tables, and their place in docs/performance.md.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::load::{CONNECTIONS, Measured};
use crate::sh::Sh;

const OPEN: &str = "<!-- gate -->";
const CLOSE: &str = "<!-- /gate -->";

pub(super) struct About {
    pub(super) quick: bool,
    pub(super) seconds: u64,
    /// Before and after.
    pub(super) loads: [Option<f64>; 2],
}

/// What was measured on one database.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) start: Duration,
    pub(super) memory: Option<u64>,
}

pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) most: Measured,
    /// At this many requests per second.
    pub(super) steady: (u32, Measured),
}

/// A step with a token, in microseconds: the sample that was disturbed least, and the median.
pub(super) struct Token {
    pub(super) name: String,
    pub(super) quickest_us: f64,
    pub(super) median_us: f64,
}

pub(super) fn markdown(about: &About, tables: &[Table], tokens: &[Token]) -> String {
    let date = Sh::new("date").args(["-u", "+%F"]).read().unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let [before, after] = about.loads.map(|load| load.map_or("unknown".to_owned(), |load| format!("{load:.1}")));
    let quick = if about.quick { ", `--quick`" } else { "" };
    let mut text = format!("{}, {cores} cores, load {before} before and {after} after, {} s{quick}.\n", date.trim(), about.seconds);
    for table in tables {
        text.push_str(&format!(
            "\n### {}\n\n| | requests/s, {CONNECTIONS} connections | p50 | p99 | steady rate | p50 | p99 |\n|---|---:|---:|---:|---:|---:|---:|\n",
            table.name
        ));
        for Row { what, most, steady: (rate, steady) } in &table.rows {
            let times = [most.p50, most.p99, steady.p50, steady.p99].map(milliseconds);
            let [p50, p99, steady_p50, steady_p99] = &times;
            text.push_str(&format!("| {what} | {:.0} | {p50} | {p99} | {rate}/s | {steady_p50} | {steady_p99} |\n", most.per_second));
        }
        let memory = table.memory.map_or(String::new(), |bytes| format!("; at most {} MB of memory", bytes / 1_000_000));
        text.push_str(&format!("\nFrom its start to its address {}{memory}.\n", milliseconds(table.start)));
    }
    text.push_str("\n### Tokens\n\n| µs | quickest sample | median |\n|---|---:|---:|\n");
    for Token { name, quickest_us, median_us } in tokens {
        text.push_str(&format!("| {name} | {quickest_us:.1} | {median_us:.1} |\n"));
    }
    text
}

/// Puts `text` between its marks in the page at `path`; the rest stays.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let page = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let page = placed(&page, text).with_context(|| format!("{} has no {OPEN} ... {CLOSE}", path.display()))?;
    std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))
}

fn placed(page: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(OPEN)?;
    let (_, after) = rest.split_once(CLOSE)?;
    Some(format!("{before}{OPEN}\n\n{}\n\n{CLOSE}{after}", text.trim()))
}

fn milliseconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_the_marks_is_replaced() {
        let page = "a\n<!-- gate -->\nold\n<!-- /gate -->\nb\n";
        assert_eq!(placed(page, "new\n").unwrap(), "a\n<!-- gate -->\n\nnew\n\n<!-- /gate -->\nb\n");
        assert!(placed("no marks", "new").is_none());
    }

    #[test]
    fn short_times_have_a_decimal() {
        assert_eq!([1_234, 12_340].map(|us| milliseconds(Duration::from_micros(us))), ["1.2 ms", "12 ms"]);
    }
}
