//! Series as scenario tests write them.

use cliffhanger_core::Node;

/// Where the manifest of scenario tests comes from.
pub const BASE: &str = "https://a.example/s/main.json";

/// Reads JSON as the shell does.
#[must_use]
pub fn json(text: &str) -> Node {
    fn convert(value: &serde_json::Value) -> Node {
        match value {
            serde_json::Value::Null => Node::Null,
            serde_json::Value::Bool(b) => Node::Bool(*b),
            serde_json::Value::Number(n) => Node::Number(n.as_f64().unwrap()),
            serde_json::Value::String(s) => Node::Text(s.clone()),
            serde_json::Value::Array(items) => Node::List(items.iter().map(convert).collect()),
            serde_json::Value::Object(members) => Node::Map(members.iter().map(|(k, v)| (k.clone(), convert(v))).collect()),
        }
    }
    convert(&serde_json::from_str(text).unwrap())
}

/// A series of `count` episodes of ten seconds. In `gate` mode locked episodes have no renditions.
#[must_use]
pub fn series(mode: &str, count: usize, free: usize) -> String {
    let episodes: Vec<String> = (1..=count)
        .map(|n| {
            let media = format!(r#","renditions":[{{"type":"mp4","url":"e{n}.mp4"}}]"#);
            let rest = match (mode, n <= free) {
                ("gate", false) => r#","access":{"state":"locked"}"#.to_owned(),
                ("gate", true) => format!(r#","access":{{"state":"free"}}{media}"#),
                _ => media,
            };
            format!(r#"{{"id":"e{n}","n":{n},"title":"Part {n}","durationMs":10000{rest}}}"#)
        })
        .collect();
    format!(
        r#"{{"cliffhanger":"1","series":{{"id":"s","title":"S","lang":"en"}},
        "access":{{"mode":"{mode}","freeEpisodes":{free},"gate":{{"base":"/"}},"offers":["one"]}},
        "offers":{{"one":{{"kind":"coins","scope":"episode","coins":30,"moneyEquivalent":{{"amount":30,"currency":"EUR"}}}}}},
        "episodes":[{}]}}"#,
        episodes.join(",")
    )
}
