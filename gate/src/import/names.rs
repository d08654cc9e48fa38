//! What can be read from file and folder names.

use std::cmp::Ordering;

/// Orders names the way people do: `e2` before `e10`, upper and lower case together. Total: names that look alike are
/// ordered by their characters.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a, b);
    loop {
        let order = match (x.chars().next(), y.chars().next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(p), Some(q)) if p.is_ascii_digit() && q.is_ascii_digit() => {
                let (p, rest_x) = split_number(x);
                let (q, rest_y) = split_number(y);
                (x, y) = (rest_x, rest_y);
                p.len().cmp(&q.len()).then_with(|| p.cmp(q))
            }
            (Some(p), Some(q)) => {
                x = x.get(p.len_utf8()..).unwrap_or_default();
                y = y.get(q.len_utf8()..).unwrap_or_default();
                p.to_lowercase().cmp(q.to_lowercase())
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The leading digits without leading zeros, and the rest.
fn split_number(s: &str) -> (&str, &str) {
    let end = s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let (digits, rest) = s.split_at_checked(end).unwrap_or((s, ""));
    (digits.trim_start_matches('0'), rest)
}

/// A title from a file or folder name without its extension: underscores become spaces, control characters go.
/// `None` when nothing is left.
pub fn title(stem: &str) -> Option<String> {
    let cleaned: String = stem.chars().map(|c| if c == '_' { ' ' } else { c }).filter(|c| !c.is_control()).collect();
    let words: Vec<&str> = cleaned.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(300).collect();
    (!title.is_empty()).then_some(title)
}

/// A slug from a folder name. Falls back to `series` when the name has no letter or digit of ASCII.
pub fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 64 {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "series".to_owned() } else { out.to_owned() }
}
