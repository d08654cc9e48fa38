//! Small text helpers that pull in neither the formatting machinery of the standard library nor its search for patterns: they cost kilobytes of wasm.
//!
//! What is searched for is always an ASCII character, `byte`: it is never a part of another character.

/// A whole number in decimal.
#[must_use]
pub fn whole(number: u64) -> String {
    let mut text = String::new();
    push_whole(&mut text, number);
    text
}

fn push_whole(text: &mut String, number: u64) {
    if number >= 10 {
        push_whole(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// A whole number, as `str::parse` reads it: digits, perhaps after a plus. `None` also where it is too large, or longer than 19 digits.
#[must_use]
pub fn number<T: TryFrom<u64>>(text: &str) -> Option<T> {
    T::try_from(digits(text)?).ok()
}

#[inline(never)]
fn digits(text: &str) -> Option<u64> {
    let text = text.strip_prefix("+").unwrap_or(text);
    // So many nines are still less than 2^64.
    if text.is_empty() || text.len() > 19 {
        return None;
    }
    text.bytes().try_fold(0_u64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte & 15)))
}

/// What stands before the first `byte` and what after it, as `str::split_once` says.
#[inline(never)]
#[must_use]
pub fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|each| each == byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// What stands before the first `byte`, or all.
#[must_use]
pub fn before(text: &str, byte: u8) -> &str {
    cut(text, byte).map_or(text, |(before, _)| before)
}

/// Where the first of some ASCII characters stands, or the length.
#[inline(never)]
#[must_use]
pub fn first_of(text: &str, any: &str) -> usize {
    text.bytes().position(|each| any.bytes().any(|byte| byte == each)).unwrap_or(text.len())
}

/// What lies between `byte`s, as `str::split` says.
#[must_use]
pub fn pieces(text: &str, byte: u8) -> Pieces<'_> {
    Pieces { rest: Some(text), byte }
}

/// See [`pieces`].
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    rest: Option<&'a str>,
    byte: u8,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let Some((piece, after)) = cut(rest, self.byte) else { return Some(rest) };
        self.rest = Some(after);
        Some(piece)
    }
}

/// Without the slashes at its end.
#[inline(never)]
#[must_use]
pub fn without_slash(mut text: &str) -> &str {
    while let Some(rest) = text.strip_suffix("/") {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{before, cut, first_of, number, pieces, without_slash};

    #[test]
    fn numbers_are_read_as_the_standard_library_reads_them() {
        for text in
            ["", "+", "0", "7", "+7", "-7", "007", "256", "4294967295", "4294967296", "9999999999999999999", "1.5", " 1", "1e3", "\u{661}"]
        {
            assert_eq!(number::<u8>(text), text.parse().ok(), "{text:?}");
            assert_eq!(number::<u32>(text), text.parse().ok(), "{text:?}");
            assert_eq!(number::<u64>(text), text.parse().ok(), "{text:?}");
        }
        assert_eq!(number::<u64>("18446744073709551615"), None);
    }

    #[test]
    fn texts_are_taken_apart_as_the_standard_library_does_it() {
        for text in ["", "/", "a", "a/", "/a", "a/b", "a//b", "é/ü", "//é//"] {
            assert_eq!(cut(text, b'/'), text.split_once('/'), "{text:?}");
            assert_eq!(before(text, b'/'), text.split('/').next().unwrap(), "{text:?}");
            assert_eq!(pieces(text, b'/').collect::<Vec<_>>(), text.split('/').collect::<Vec<_>>(), "{text:?}");
            assert_eq!(without_slash(text), text.trim_end_matches('/'), "{text:?}");
            assert_eq!(first_of(text, "b/"), text.find(['b', '/']).unwrap_or(text.len()), "{text:?}");
        }
    }

    #[test]
    fn whole_numbers_read_as_decimal() {
        for n in [0, 7, 10, 1_234_567_890_123, u64::MAX] {
            assert_eq!(super::whole(n), n.to_string());
        }
    }
}
