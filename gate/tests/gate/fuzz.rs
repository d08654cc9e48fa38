//! What is fuzzed of the gate: bytes in, nothing but promises out. `fuzz/` runs these for hours, `corpora.rs` on every
//! committed seed.

use std::path::Component;

use axum::http::{HeaderMap, HeaderValue, header};
use cliffhanger_gate::grammar;
use cliffhanger_gate::media::{path, range};
use cliffhanger_gate::token::keys::StoredKey;
use cliffhanger_gate::token::{KeyRing, play, quote, viewer};

const ISSUER: &str = "https://gate.example";
const NOW: u64 = 1_795_000_000;

/// A token as it comes in a path; or, when it is JSON, the claims of one that the gate itself had signed.
pub fn token(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let keys = KeyRing::new(&[StoredKey { kid: "k2611a".to_owned(), seed: [7; 32], created_ms: 0 }]).expect("a good key");
    let signed = serde_json::from_str::<serde_json::Value>(text).ok();
    let signed = signed.and_then(|claims| cliffhanger_gate::token::jws::sign(&keys, play::TYP, &claims).ok());
    for token in [Some(text), signed.as_deref()].into_iter().flatten() {
        if let Ok(claims) = play::verify(&keys, ISSUER, token, NOW) {
            assert!(claims.remaining(NOW) <= play::MAX_LIFETIME + 60, "{claims:?}");
            let inside = format!("{}e.mp4", claims.pth);
            assert!(claims.covers(&inside) && !claims.covers("/other/key/e.mp4") || claims.pth == "/other/key/", "{claims:?}");
            assert!(path::parse_plain_path("", &inside).is_some(), "{claims:?}");
        }
        let _ = viewer::verify(&keys, ISSUER, token, NOW);
        let _ = quote::verify(&keys, ISSUER, token);
    }
}

/// A path, a `Range` header, and the texts of a manifest.
pub fn path(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Some(read) = path::parse_token_path(text) {
        assert_eq!(format!("/p/{}{}", read.token, read.path), text, "one spelling for each file");
        canonical(read.path);
    }
    if let Some(read) = path::parse_plain_path("/m", text) {
        assert_eq!(format!("/m{read}"), text);
        canonical(read);
    }
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(header::RANGE, value);
        for size in [0, 1, 1000, u64::MAX] {
            if let range::Wanted::Part(part) = range::wanted(&headers, size) {
                assert!(part.first <= part.last && part.last < size, "{part:?} of {size}");
            }
        }
    }
    if grammar::is_slug(text) {
        assert!(path::is_segment(text) || text.len() > 64, "{text}");
    }
    if grammar::is_url(text) && grammar::is_absolute_url(text) {
        let authority = text.split('/').nth(2).unwrap_or_default();
        assert!(!authority.is_empty() && !authority.contains(['@', '?', '#']), "{text}");
    }
    let _ = (grammar::parse_time(text), grammar::is_lang(text), grammar::is_period(text));
}

/// No component of it leads anywhere but down.
fn canonical(path: &str) {
    let down = |component: Component<'_>| matches!(component, Component::RootDir | Component::Normal(_));
    assert!(std::path::Path::new(path).components().all(down), "{path}");
    assert!(!path.contains("//") && !path.contains('%') && !path.contains('\\') && !path.contains('\0'), "{path}");
}
