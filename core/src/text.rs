//! Small text helpers that do not pull in the formatting machinery (it costs kilobytes of wasm).

/// A whole number in decimal.
#[must_use]
pub fn whole(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.reverse();
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn whole_numbers_read_as_decimal() {
        for n in [0, 7, 10, 1_234_567_890_123, u64::MAX] {
            assert_eq!(super::whole(n), n.to_string());
        }
    }
}
