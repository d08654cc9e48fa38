//! Small text helpers that do not pull in the formatting machinery (it costs kilobytes of wasm).

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

#[cfg(test)]
mod tests {
    #[test]
    fn whole_numbers_read_as_decimal() {
        for n in [0, 7, 10, 1_234_567_890_123, u64::MAX] {
            assert_eq!(super::whole(n), n.to_string());
        }
    }
}
