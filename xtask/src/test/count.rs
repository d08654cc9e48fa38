//! Reads how many tests passed and failed from what the test tools print.

use std::fmt;
use std::ops::Add;

/// Test cases that ran.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The summary of `cargo nextest`, as in `Summary [ 0.1s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
/// `None` when there is none: it did not get as far as testing.
pub(crate) fn nextest(output: &str) -> Option<Tally> {
    let line = output.lines().rfind(|line| line.trim_start().starts_with("Summary ["))?;
    let parts = line.split_once(" run: ").map_or("", |(_, parts)| parts);
    let count = |ending: &str| -> u64 {
        let part = parts.split(", ").find(|part| part.split(" (").next().is_some_and(|part| part.ends_with(ending)));
        part.and_then(|part| part.split(' ').next()).and_then(|number| number.parse().ok()).unwrap_or(0)
    };
    let failed = count(" failed") + count(" exec failed") + count(" timed out");
    Some(Tally { passed: count(" passed"), failed })
}

/// All `test result:` lines of `cargo test`. `None` when there is none.
pub(crate) fn libtest(output: &str) -> Option<Tally> {
    let mut lines = output.lines().filter(|line| line.starts_with("test result: ")).peekable();
    lines.peek()?;
    Some(lines.map(|line| Tally { passed: before(line, " passed"), failed: before(line, " failed") }).fold(Tally::default(), Add::add))
}

/// The closing comments of node's `tap` reporter. A cancelled test is a failed one. `None` when there are none.
pub(crate) fn tap(output: &str) -> Option<Tally> {
    let count = |name: &str| -> Option<u64> {
        let line = output.lines().rfind(|line| line.strip_prefix("# ").is_some_and(|rest| rest.split(' ').next() == Some(name)))?;
        line.rsplit(' ').next()?.parse().ok()
    };
    Some(Tally { passed: count("pass")?, failed: count("fail")? + count("cancelled")? })
}

/// The number before a word: 3 in `ok. 3 passed; 0 failed`.
fn before(line: &str, word: &str) -> u64 {
    let number = line.split_once(word).and_then(|(text, _)| text.rsplit(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Option<Tally> {
        Some(Tally { passed, failed })
    }

    #[test]
    fn nextest_counts_every_way_to_fail() {
        assert_eq!(nextest("     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped\n"), tally(3, 0));
        assert_eq!(nextest("     Summary [   0.005s] 1 test run: 0 passed, 1 failed, 0 skipped\n"), tally(0, 1));
        let all = "     Summary [  10.0s] 12/13 tests run: 7 passed (1 slow, 2 flaky), 2 failed (1 leaky), 1 timed out, 2 exec failed, 4 skipped\n";
        assert_eq!(nextest(all), tally(7, 5));
        assert_eq!(nextest("error: could not compile\n"), None);
    }

    #[test]
    fn libtest_adds_all_binaries_up() {
        let output =
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\nnoise\ntest result: FAILED. 4 passed; 2 failed; 0 ignored\n";
        assert_eq!(libtest(output), tally(7, 2));
        assert_eq!(libtest("error[E0425]"), None);
    }

    #[test]
    fn tap_counts_cancelled_as_failed() {
        let output = "not ok 1 - x\n  # pass the salt\n1..9\n# tests 9\n# suites 0\n# pass 6\n# fail 2\n# cancelled 1\n# skipped 0\n# todo 0\n# duration_ms 10.5\n";
        assert_eq!(tap(output), tally(6, 3));
        assert_eq!(tap("TAP version 13\n"), None);
    }
}
