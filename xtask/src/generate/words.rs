//! Small helpers of all pages.

/// Says that nobody should edit the file.
pub(super) const MADE: &str = "Generated from core/src/surface.rs by `cargo xtask generate`: do not edit.";

/// A doc comment's lines without the blank that each begins with.
pub(super) fn prose(about: &str) -> String {
    let lines: Vec<&str> = about.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    lines.join("\n").trim().to_owned()
}

/// The same in one line.
pub(super) fn line(about: &str) -> String {
    prose(about).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A sentence: begins with a capital letter and ends with a stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), chars.as_str())
}

/// Text of a cell in a markdown table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// `paywallopen` of `PaywallOpen`, as the name of a type: the variant's own name.
pub(super) fn type_of(event: cliffhanger_core::surface::EventName) -> String {
    format!("{event:?}Detail")
}

/// Union of string literals.
pub(super) fn union<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(" | ")
}
