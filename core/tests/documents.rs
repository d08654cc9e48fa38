//! Whatever document comes, reading it does not panic, and no URL passes unchecked.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::Node;
use cliffhanger_sim::{BASE, json};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_document_makes_the_reader_panic(node in any_node()) {
        let wrapped = Node::map([
            ("cliffhanger", "1".into()),
            ("series", json(r#"{"id":"s","title":"S","lang":"en"}"#)),
            ("access", json(r#"{"mode":"open","freeEpisodes":1}"#)),
            ("offers", node.clone()),
            ("episodes", Node::List(vec![node.clone(), json(r#"{"id":"e","n":1}"#)])),
        ]);
        for document in [&node, &wrapped] {
            if let Ok((manifest, _)) = cliffhanger_core::manifest::Manifest::read(document, BASE) {
                let urls = manifest.episodes.iter().flat_map(|e| e.renditions.iter().map(|r| r.url.as_str()).chain(e.poster.as_deref()));
                for url in urls {
                    prop_assert!(url.starts_with("https://") || url.starts_with("http://localhost") || url.starts_with("http://127.0.0.1"));
                }
            }
        }
    }
}

/// Trees that look a little like manifests.
fn any_node() -> impl Strategy<Value = Node> {
    let word = prop::sample::select(vec![
        "id",
        "n",
        "title",
        "renditions",
        "url",
        "type",
        "mp4",
        "poster",
        "access",
        "state",
        "locked",
        "free",
        "freeAfter",
        "offers",
        "kind",
        "coins",
        "javascript:alert(1)",
        "https://x.example/",
        "//evil",
        "e1.mp4",
        "2026-01-01T00:00:00Z",
        "moneyEquivalent",
        "amount",
        "EUR",
    ]);
    let leaf = prop_oneof![
        Just(Node::Null),
        any::<bool>().prop_map(Node::Bool),
        any::<f64>().prop_map(Node::Number),
        (0_u32..20).prop_map(|n| Node::Number(f64::from(n))),
        word.clone().prop_map(Node::from),
        any::<String>().prop_map(Node::Text),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Node::List),
            prop::collection::vec((word.clone().prop_map(str::to_owned), inner), 0..6).prop_map(Node::Map),
        ]
    })
}
