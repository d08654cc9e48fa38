//! Forms of a sentence that depend on a count, and the digits of a language: both as `Intl` knows them.

use wasm_bindgen::JsValue;

use crate::js::{NumberFormat, call, construct, get, global};
use cliffhanger_core::text::pieces;

/// The form of a sentence for the `n` among `pairs`: forms are apart by `|`, the last one serves where no other does.
pub(super) fn form(text: &'static str, pairs: &[(&str, &str)], language: Option<&str>) -> &'static str {
    let count = pairs.iter().find(|(name, _)| *name == "n").map_or("", |(_, value)| value);
    let rules = construct(&get(&global(), "Intl"), "PluralRules", &tag(language));
    let category = rules.and_then(|rules| call(&rules, "select", &JsValue::from_f64(number(count))).as_string());
    pick(text, &category.unwrap_or_default())
}

/// The digit zero of a language. `Intl` is asked only where it may be another one than in English: its first formatter costs a slow phone a tenth of a second.
pub(super) fn zero(language: Option<&str>) -> char {
    if !language.is_some_and(|tag| tag.starts_with("ar")) {
        return '0';
    }
    let text = NumberFormat::new(&tag(language), &JsValue::UNDEFINED).and_then(|format| format.format(0.0));
    text.ok().and_then(|text| text.chars().next()).unwrap_or('0')
}

/// A number whose digits follow `zero`.
pub(super) fn digits(number: &str, zero: char) -> String {
    let shift = zero as u32 - 0x30;
    let digit = |c: char| if c.is_ascii_digit() { char::from_u32(c as u32 + shift).unwrap_or(c) } else { c };
    number.chars().map(digit).collect()
}

fn tag(language: Option<&str>) -> JsValue {
    JsValue::from_str(language.unwrap_or("en"))
}

fn pick<'a>(text: &'a str, category: &str) -> &'a str {
    let named = pieces(text, b'|').find_map(|form| form.strip_prefix(category)?.strip_prefix(":"));
    named.or_else(|| pieces(text, b'|').last()).unwrap_or_default()
}

/// The value of digits, Western or Arabic, whatever stands between them.
fn number(text: &str) -> f64 {
    let digits = text.chars().filter_map(|c| c.to_digit(10).or_else(|| (c as u32).checked_sub(0x660).filter(|digit| *digit < 10)));
    digits.fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::{number, pick};

    #[test]
    fn the_form_follows_the_plural_category_and_the_last_one_serves_for_the_rest() {
        let text = "one:a coin|few:{n} coins|{n} coin";
        assert_eq!(pick(text, "one"), "a coin");
        assert_eq!(pick(text, "few"), "{n} coins");
        assert_eq!(pick(text, "many"), "{n} coin");
        assert_eq!(pick(text, ""), "{n} coin");
        assert_eq!(number("1,234"), 1234.0);
        assert_eq!(number("١٢"), 12.0);
    }
}
