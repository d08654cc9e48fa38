//! Units of time. The core has no clock: every instant comes in with an event.

use core::ops::{Add, Sub};

use crate::feeder::Micros;

/// A moment on the player's own monotonic clock, in milliseconds since an origin the shell chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub u64);

/// A span of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

/// A position or length on a media timeline, in seconds. Never negative, never NaN: see [`Seconds::new`].
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Seconds(f64);

/// A moment on the wall clock: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallMs(pub u64);

impl Instant {
    /// Time passed since `earlier`; zero when `earlier` lies in the future.
    #[must_use]
    pub fn since(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Millis> for Instant {
    type Output = Self;
    fn add(self, rhs: Millis) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl Sub<Millis> for Instant {
    type Output = Self;
    fn sub(self, rhs: Millis) -> Self {
        Self(self.0.saturating_sub(rhs.0))
    }
}

impl Seconds {
    /// The start of a timeline.
    pub const ZERO: Self = Self(0.0);

    /// A position; anything that is not a finite positive number becomes zero.
    #[must_use]
    #[inline(never)]
    pub fn new(value: f64) -> Self {
        if value.is_finite() && value > 0.0 { Self(value) } else { Self::ZERO }
    }

    /// The number of seconds.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<Millis> for Seconds {
    fn from(ms: Millis) -> Self {
        Self(ms.0 as f64 / 1000.0)
    }
}

impl From<Micros> for Seconds {
    fn from(time: Micros) -> Self {
        Self(time.0 as f64 / 1e6)
    }
}

impl From<Seconds> for Micros {
    fn from(time: Seconds) -> Self {
        Self((time.0 * 1e6) as u64)
    }
}

/// Reads an RFC 3339 date-time such as `2026-12-01T00:00:00Z` or `2026-12-01T09:30:00.5+09:00`.
///
/// `None` when the text is not one; leap seconds count as the second before.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<WallMs> {
    let b = text.as_bytes();
    let number = |from: usize, len: usize| -> Option<i64> {
        let part = text.get(from..from + len)?;
        crate::text::number(part).filter(|_| !part.starts_with("+")).map(u32::into)
    };
    let sep = |at: usize, wanted: &[u8]| b.get(at).is_some_and(|c| wanted.contains(c));
    if !(sep(4, b"-") && sep(7, b"-") && sep(10, b"Tt ") && sep(13, b":") && sep(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?.min(59));
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 {
        return None;
    }
    let mut at = 19;
    let mut millis = 0;
    if sep(at, b".") {
        at += 1;
        let mut scale = 100;
        while let Some(digit) = b.get(at).filter(|c| c.is_ascii_digit()) {
            millis += i64::from(digit - b'0') * scale;
            scale /= 10;
            at += 1;
        }
    }
    let offset_minutes = match b.get(at)? {
        b'Z' | b'z' => {
            at += 1;
            0
        }
        sign @ (b'+' | b'-') => {
            if !sep(at + 3, b":") {
                return None;
            }
            let minutes = number(at + 1, 2)? * 60 + number(at + 4, 2)?;
            at += 6;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    if at != b.len() {
        return None;
    }
    // Days from civil date, Howard Hinnant's algorithm (public domain).
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset_minutes * 60;
    u64::try_from(seconds * 1000 + millis).ok().map(WallMs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_dates_are_read_with_their_offset() {
        assert_eq!(parse_rfc3339("1970-01-01T00:00:00Z"), Some(WallMs(0)));
        assert_eq!(parse_rfc3339("2026-11-22T10:00:00Z"), Some(WallMs(1_795_341_600_000)));
        assert_eq!(parse_rfc3339("2026-11-22T19:00:00.250+09:00"), Some(WallMs(1_795_341_600_250)));
        for bad in ["", "2026-11-22", "2026-13-01T00:00:00Z", "2026-11-22T10:00:00", "2026-11-22T10:00:00Zx", "é026-11-22T10:00:00Z"] {
            assert_eq!(parse_rfc3339(bad), None, "{bad}");
        }
    }

    #[test]
    fn seconds_are_never_negative_or_nan() {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(Seconds::new(bad), Seconds::ZERO);
        }
    }
}
