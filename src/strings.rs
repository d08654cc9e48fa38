//! What the player says to viewers. English is built in; other languages are files beside the wasm (see `src/lang`).

use std::cell::{Cell, RefCell};

use cliffhanger_core::fault::Code;
use cliffhanger_core::manifest::Scope;
use cliffhanger_core::surface::Reason;

use crate::{later, lazy};
use cliffhanger_core::text::{cut, pieces};

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// What is said, in one language.
pub(crate) struct Words {
    /// The words of the first wasm, or all of them in the page's language, a line each.
    first: Cell<&'static str>,
    /// The others in English, once they have come.
    pub(crate) later: Cell<&'static str>,
    /// The page's language, when it is not English.
    pub(crate) language: RefCell<Option<String>>,
    /// Its digit zero, where it writes others.
    pub(crate) zero: Cell<char>,
}

impl Default for Words {
    fn default() -> Self {
        Self { first: Cell::new(EN), later: Cell::new(""), language: RefCell::default(), zero: Cell::new('0') }
    }
}

impl Words {
    /// One sentence.
    #[inline(never)]
    pub(crate) fn get(&self, word: Word) -> &'static str {
        let at = word as usize;
        let all = self.language.borrow().is_some() || at < FIRST;
        let (text, at) = if all { (&self.first, at) } else { (&self.later, at - FIRST) };
        pieces(text.get(), b'\n').nth(at).unwrap_or_default()
    }

    /// A sentence with every `{name}` replaced by what `pairs` has for that name. Where a language has several forms, `n` decides.
    #[inline(never)]
    pub(crate) fn fill(&self, word: Word, pairs: &[(&str, &str)]) -> String {
        let mut text = self.get(word);
        if cut(text, b'|').is_some() {
            let last = || pieces(text, b'|').last().unwrap_or_default();
            text = if lazy::ready() { later::form(text, pairs, &self.language.borrow()) } else { last() };
        }
        fill(text, pairs, self.zero.get())
    }

    /// The page's language. False when the file is not of this build: then English stays.
    pub(crate) fn speak(&self, text: String) -> bool {
        let text: &'static str = text.leak();
        let Some((language, lines)) = text.strip_prefix(MARK).and_then(|rest| cut(rest, b'\n')) else { return false };
        self.first.set(lines);
        self.later.set("");
        self.language.replace(Some(language.trim_ascii().to_owned()));
        true
    }

    /// A subscription's period, such as `P1W`, in words; as it is when it is not a plain one.
    pub(crate) fn period(&self, period: &str) -> String {
        let number: String = period.chars().filter(char::is_ascii_digit).collect();
        let (one, many) = match period.as_bytes().last() {
            Some(b'D') => (Word::Day, Word::Days),
            Some(b'W') => (Word::Week, Word::Weeks),
            Some(b'M') => (Word::Month, Word::Months),
            Some(b'Y') => (Word::Year, Word::Years),
            _ => return period.to_owned(),
        };
        self.fill(if number == "1" { one } else { many }, &[("n", &number)])
    }
}

/// Why an episode is locked.
pub(crate) const fn reason(reason: Reason) -> Word {
    match reason {
        Reason::BeyondFree => Word::BeyondFree,
        Reason::Locked => Word::Locked,
        Reason::Expired => Word::Expired,
        Reason::Unreleased => Word::Unreleased,
    }
}

/// What an offer unlocks.
pub(crate) const fn scope(scope: Scope) -> Word {
    match scope {
        Scope::Episode => Word::UnlockEpisode,
        Scope::Rest => Word::UnlockRest,
        Scope::Series => Word::UnlockSeries,
    }
}

/// What went wrong, in plain words.
pub(crate) const fn fault(code: Code) -> Word {
    match code {
        Code::ManifestUnreachable | Code::MediaUnreachable | Code::GateUnreachable => Word::NoConnection,
        Code::MediaTimeout => Word::TooSlow,
        Code::MediaNotFound => Word::NotFound,
        Code::MediaForbidden => Word::Forbidden,
        Code::MediaServer | Code::ManifestStatus => Word::ServerTrouble,
        Code::MediaUnsupported | Code::MediaNoRendition => Word::Unsupported,
        Code::MediaDecode => Word::Damaged,
        _ => Word::Fault,
    }
}

fn fill(text: &str, pairs: &[(&str, &str)], zero: char) -> String {
    let mut filled = String::new();
    for (at, part) in pieces(text, b'{').enumerate() {
        match cut(part, b'}') {
            Some((name, rest)) if at > 0 => {
                let value = pairs.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
                // Only numbers are written in the language's digits: a title is the series' own.
                if zero != '0' && matches!(name, "n" | "count" | "share") {
                    filled.push_str(&later::digits(value, zero));
                } else {
                    filled.push_str(value);
                }
                filled.push_str(rest);
            }
            _ => filled.push_str(part),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [(&str, &str); 11] = [
        ("en", include_str!("lang/en.txt")),
        ("es", include_str!("lang/es.txt")),
        ("pt", include_str!("lang/pt.txt")),
        ("fr", include_str!("lang/fr.txt")),
        ("de", include_str!("lang/de.txt")),
        ("nl", include_str!("lang/nl.txt")),
        ("id", include_str!("lang/id.txt")),
        ("ja", include_str!("lang/ja.txt")),
        ("ko", include_str!("lang/ko.txt")),
        ("zh", include_str!("lang/zh.txt")),
        ("ar", include_str!("lang/ar.txt")),
    ];

    fn entries(text: &str) -> Vec<(&str, &str)> {
        text.lines().filter(|line| *line != "---").map(|line| line.split_once(" = ").expect("Name = text")).collect()
    }

    fn placeholders(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> = text.split('{').skip(1).map(|part| part.split_once('}').expect("a closing brace").0).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    #[test]
    fn every_language_has_every_word_with_every_placeholder_and_no_other() {
        let english = entries(LANGUAGES[0].1);
        assert_eq!(english.iter().map(|(name, _)| *name).collect::<Vec<_>>(), NAMES);
        for (language, text) in LANGUAGES {
            let words = entries(text);
            assert_eq!(words.len(), NAMES.len(), "{language} has words that nobody says");
            for (name, original) in &english {
                let of: Vec<&str> = words.iter().filter(|(other, _)| other == name).map(|(_, text)| *text).collect();
                let [text] = of[..] else { panic!("{language} has {} times {name}", of.len()) };
                assert!(!text.trim().is_empty(), "{language}: {name} says nothing");
                if *name == "KeyList" {
                    assert_eq!(text.split('|').count(), original.split('|').count(), "{language}: {name}");
                    continue;
                }
                let other = text.rsplit('|').next().unwrap();
                assert_eq!(placeholders(other), placeholders(original), "{language}: {name}");
                for form in text.split('|').rev().skip(1) {
                    let (category, form) = form.split_once(':').expect("category:text");
                    assert!(["zero", "one", "two", "few", "many"].contains(&category), "{language}: {name}: {category}");
                    assert!(placeholders(form).iter().all(|name| placeholders(original).contains(name)), "{language}: {name}: {form}");
                }
            }
        }
    }

    #[test]
    fn placeholders_are_replaced_wherever_they_stand_and_values_are_left_alone() {
        assert_eq!(fill("{n} / {count}", &[("count", "12"), ("n", "3")], '0'), "3 / 12");
        assert_eq!(fill("Episode {n}", &[("n", "{x}")], '0'), "Episode {x}");
        assert_eq!(fill("No more", &[("n", "1")], '0'), "No more");
    }

    #[test]
    fn counts_are_written_in_the_digits_of_the_language_and_titles_are_not() {
        assert_eq!(fill("{n}/{count} {title}", &[("n", "10"), ("count", "12"), ("title", "24")], '\u{660}'), "١٠/١٢ 24");
    }

    #[test]
    fn periods_read_as_words() {
        let words = Words::default();
        let (_, later) = LANGUAGES[0].1.split_once("---\n").unwrap();
        words.later.set(entries(later).iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n").leak());
        assert_eq!(words.period("P1W"), "per week");
        assert_eq!(words.period("P3M"), "every 3 months");
        assert_eq!(words.period("PT"), "PT");
    }

    #[test]
    fn every_word_is_one_line() {
        assert_eq!(EN.lines().count(), FIRST);
        assert_eq!(NAMES.len(), Word::None as usize);
        assert_eq!(Words::default().get(Word::Fault), "Something is wrong with it on our side.");
        assert_eq!(Words::default().get(Word::Speed), "", "it comes with the second wasm");
    }
}
