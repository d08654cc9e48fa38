//! What signing and verifying cost: each media request verifies one token.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::hint::black_box;

use cliffhanger_gate::token::keys::StoredKey;
use cliffhanger_gate::token::{KeyRing, PlayClaims, play};
use criterion::{Criterion, criterion_group, criterion_main};

const NOW_S: u64 = 1_795_341_600;
const ISSUER: &str = "https://gate.example";

/// Names as long as a gate makes them.
fn claims() -> PlayClaims {
    PlayClaims {
        v: 1,
        iss: ISSUER.into(),
        aud: play::AUDIENCE.into(),
        sub: "3q2-7wAAAAAAAAAAAAAAAA".into(),
        jti: "01JD8Z6R3Q4V5W6X7Y8Z9A0B1C".into(),
        nbf: NOW_S,
        exp: NOW_S + 360,
        ser: "neon-vows".into(),
        ep: "e017".into(),
        pth: "/neon-vows/9f3b2c44d1aa9f3b2c44d1aa/".into(),
    }
}

fn tokens(criterion: &mut Criterion) {
    let key = |kid: &str, n: u8| StoredKey { kid: kid.into(), seed: [n; 32], created_ms: u64::from(n) };
    let keys = KeyRing::new(&[key("k2610a", 1), key("k2611a", 2)]).unwrap();
    let claims = claims();
    let token = play::sign(&keys, &claims).unwrap();
    let at = token.rfind('.').unwrap() + 1;
    let flipped = if &token[at..=at] == "A" { "B" } else { "A" };
    let forged = format!("{}{flipped}{}", &token[..at], &token[at + 1..]);
    assert!(play::verify(&keys, ISSUER, &token, NOW_S).is_ok() && play::verify(&keys, ISSUER, &forged, NOW_S).is_err());
    let mut group = criterion.benchmark_group("token");
    group.bench_function("sign a playback token", |b| b.iter(|| play::sign(&keys, black_box(&claims))));
    group.bench_function("verify a playback token", |b| b.iter(|| play::verify(&keys, ISSUER, black_box(&token), NOW_S)));
    group.bench_function("refuse a forged one", |b| b.iter(|| play::verify(&keys, ISSUER, black_box(&forged), NOW_S)));
}

criterion_group!(benches, tokens);
criterion_main!(benches);
