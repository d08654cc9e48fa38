//! Forged tokens. Every case is also a committed vector, so that another implementation of the verifier can be held to it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cliffhanger_gate::random::hex;
use cliffhanger_gate::token::play::{self, PlayClaims};
use cliffhanger_gate::token::{KeyRing, Refusal};
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{ISSUER, keys};

const NOW: u64 = 1_795_000_000;
const HEADER: &str = r#"{"alg":"EdDSA","kid":"k2611a","typ":"cliff-play+jwt"}"#;

fn claims() -> Value {
    json!({"v":1,"iss":ISSUER,"aud":"cliffhanger:media","sub":"3q2-7wAAAAAAAAAAAAAAAA","jti":"01JD8Z6R3Q4V5W6X7Y8Z9A0B1C",
        "nbf":NOW,"exp":NOW + 360,"ser":"neon-vows","ep":"e017","pth":"/neon-vows/9f3b2c44d1aa9f3b2c44d1aa/"})
}

fn claims_with(name: &str, value: Value) -> String {
    let mut claims = claims();
    claims[name] = value;
    claims.to_string()
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Signs any text with the gate's own key: what an attacker could never do, to reach the checks behind the signature.
fn signed(header: &str, payload: &str) -> String {
    let text = format!("{}.{}", b64(header), b64(payload));
    let signature = SigningKey::from_bytes(&[7; 32]).sign(text.as_bytes());
    format!("{text}.{}", b64(signature.to_bytes()))
}

fn good() -> String {
    signed(HEADER, &claims().to_string())
}

/// HMAC-SHA256 (RFC 2104), keyed with at most a block.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |byte: u8| -> Vec<u8> { (0..64).map(|i| key.get(i).unwrap_or(&0) ^ byte).collect() };
    let inner = Sha256::digest([&pad(0x36), message].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

fn hs256(alg: &str, key: &[u8]) -> String {
    let header = HEADER.replace("EdDSA", alg);
    let text = format!("{}.{}", b64(header), b64(claims().to_string()));
    let mac = hmac(key, text.as_bytes());
    format!("{text}.{}", b64(mac))
}

/// The last character of an 86-character signature carries four unused bits: another spelling of the same bytes.
fn other_spelling(token: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = token.bytes().last().unwrap();
    let at = ALPHABET.iter().position(|b| *b == last).unwrap();
    format!("{}{}", &token[..token.len() - 1], char::from(ALPHABET[at + 1]))
}

/// Name, token, clock, expected outcome.
fn cases() -> Vec<(&'static str, String, u64, &'static str)> {
    let text = |c: Value| c.to_string();
    let header = |h: &str| signed(h, &claims().to_string());
    let public = SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
    let unsigned = |alg: &str| format!("{}.{}.", b64(HEADER.replace("EdDSA", alg)), b64(claims().to_string()));
    let parts: Vec<String> = good().split('.').map(str::to_owned).collect();
    let with = |name: &str, value: Value| signed(HEADER, &claims_with(name, value));
    let without = |name: &str| {
        let mut c = claims();
        c.as_object_mut().unwrap().remove(name);
        signed(HEADER, &c.to_string())
    };
    let other_key = {
        let body = format!("{}.{}", parts[0], parts[1]);
        format!("{body}.{}", b64(SigningKey::from_bytes(&[8; 32]).sign(body.as_bytes()).to_bytes()))
    };
    vec![
        ("good", good(), NOW, "ok"),
        ("good, RFC 9864 name of the algorithm", header(&HEADER.replace("EdDSA", "Ed25519")), NOW, "ok"),
        ("threat 7: one second before exp", good(), NOW + 359, "ok"),
        ("threat 7: at exp exactly", good(), NOW + 360, "expired"),
        ("threat 7: long after exp", good(), NOW + 360_000_000, "expired"),
        ("threat 43: nbf five seconds ahead", good(), NOW - 5, "ok"),
        ("threat 43: nbf six seconds ahead", good(), NOW - 6, "not-yet"),
        ("lifetime of four hours", with("exp", json!(NOW + 14_400)), NOW, "ok"),
        ("lifetime over four hours", with("exp", json!(NOW + 14_401)), NOW, "claims"),
        ("exp before nbf", with("exp", json!(NOW - 1)), NOW - 3, "claims"),
        ("exp negative", with("exp", json!(-1)), NOW, "claims"),
        ("exp a float", with("exp", json!(1.5e12)), NOW, "claims"),
        ("exp a string", with("exp", json!("1795000360")), NOW, "claims"),
        ("exp beyond 64 bits", signed(HEADER, &text(claims()).replace("1795000360", "99999999999999999999")), NOW, "claims"),
        ("threat 10: alg none, empty signature", unsigned("none"), NOW, "shape"),
        ("threat 10: alg None, empty signature", unsigned("None"), NOW, "shape"),
        ("threat 10: alg none, real signature", header(&HEADER.replace("EdDSA", "none")), NOW, "header"),
        ("threat 10: alg in lower case", header(&HEADER.replace("EdDSA", "eddsa")), NOW, "header"),
        ("threat 11: HS256 keyed with the public key", hs256("HS256", &public), NOW, "shape"),
        ("threat 11: HMAC under alg EdDSA", hs256("EdDSA", &public), NOW, "shape"),
        (
            "threat 11: HMAC padded to a signature's length",
            {
                let t = hs256("EdDSA", &public);
                let (head, mac) = t.rsplit_once('.').unwrap();
                let mut bytes = URL_SAFE_NO_PAD.decode(mac).unwrap();
                bytes.resize(64, 0);
                format!("{head}.{}", b64(bytes))
            },
            NOW,
            "signature",
        ),
        ("threat 11: alg HS256, real signature", header(&HEADER.replace("EdDSA", "HS256")), NOW, "header"),
        ("threat 12: kid is a path", header(&HEADER.replace("k2611a", "../../dev/null")), NOW, "key"),
        ("threat 12: kid is SQL", header(&HEADER.replace("k2611a", "' OR 1=1--")), NOW, "key"),
        ("threat 12: kid is a URL", header(&HEADER.replace("k2611a", "https://evil.example/jwks")), NOW, "key"),
        ("threat 12: kid unknown", header(&HEADER.replace("k2611a", "k9999z")), NOW, "key"),
        ("threat 12: kid empty", header(&HEADER.replace("k2611a", "")), NOW, "key"),
        ("threat 12: embedded jwk", header(&HEADER.replace('}', r#","jwk":{"kty":"OKP"}}"#)), NOW, "header"),
        ("threat 12: jku", header(&HEADER.replace('}', r#","jku":"https://evil.example"}"#)), NOW, "header"),
        ("threat 12: x5u", header(&HEADER.replace('}', r#","x5u":"https://evil.example"}"#)), NOW, "header"),
        ("threat 12: crit", header(&HEADER.replace('}', r#","crit":["exp"]}"#)), NOW, "header"),
        ("threat 12: b64 false", header(&HEADER.replace('}', r#","b64":false}"#)), NOW, "header"),
        ("header member missing", header(r#"{"alg":"EdDSA","kid":"k2611a"}"#), NOW, "header"),
        ("header as an array", header(r#"["EdDSA","k2611a","cliff-play+jwt"]"#), NOW, "header"),
        ("header not JSON", header("hello"), NOW, "header"),
        ("threat 13: a viewer token", header(&HEADER.replace("cliff-play", "cliff-viewer")), NOW, "header"),
        ("threat 13: a quote", header(&HEADER.replace("cliff-play", "cliff-quote")), NOW, "header"),
        ("threat 13: an ad session", header(&HEADER.replace("cliff-play", "cliff-ad")), NOW, "header"),
        ("threat 13: a plain JWT", header(&HEADER.replace("cliff-play+jwt", "JWT")), NOW, "header"),
        ("threat 13: another audience", with("aud", json!("cliffhanger:api")), NOW, "claims"),
        ("threat 13: several audiences", with("aud", json!(["cliffhanger:media", "x"])), NOW, "claims"),
        ("another issuer", with("iss", json!("https://evil.example")), NOW, "claims"),
        ("another version", with("v", json!(2)), NOW, "claims"),
        ("claim missing: pth", without("pth"), NOW, "claims"),
        ("claim missing: exp", without("exp"), NOW, "claims"),
        ("claim missing: nbf", without("nbf"), NOW, "claims"),
        ("claim unknown", with("admin", json!(true)), NOW, "claims"),
        ("threat 15: duplicate claim", signed(HEADER, &text(claims()).replacen('{', r#"{"v":1,"#, 1)), NOW, "claims"),
        (
            "threat 15: duplicate claim, one spelt with an escape",
            signed(HEADER, &text(claims()).replacen('{', "{\"\\u0076\":1,", 1)),
            NOW,
            "claims",
        ),
        ("threat 15: duplicate header member", header(&HEADER.replacen('{', r#"{"alg":"EdDSA","#, 1)), NOW, "header"),
        ("claims as an array", signed(HEADER, "[1]"), NOW, "claims"),
        ("claims with something behind them", signed(HEADER, &format!("{}x", claims())), NOW, "claims"),
        ("prefix is everything", with("pth", json!("/")), NOW, "claims"),
        ("prefix is a whole series", with("pth", json!("/neon-vows/")), NOW, "claims"),
        ("prefix without its slash", with("pth", json!("/neon-vows/9f3b2c44d1aa")), NOW, "claims"),
        ("prefix climbs", with("pth", json!("/neon-vows/../")), NOW, "claims"),
        ("prefix with an empty segment", with("pth", json!("//x/")), NOW, "claims"),
        ("threat 14: signed with another key", other_key, NOW, "signature"),
        ("threat 14: another spelling of the signature", other_spelling(&good()), NOW, "shape"),
        ("threat 14: padding", format!("{}=", good()), NOW, "shape"),
        ("threat 14: standard alphabet", format!("{}.{}.{}", parts[0], parts[1], parts[2].replace(['-', '_'], "+")), NOW, "shape"),
        ("threat 14: a fourth part", format!("{}.x", good()), NOW, "shape"),
        ("threat 14: two parts", format!("{}.{}", parts[0], parts[1]), NOW, "shape"),
        ("threat 14: no signature", format!("{}.{}.", parts[0], parts[1]), NOW, "shape"),
        ("threat 14: signature cut short", good()[..good().len() - 4].to_owned(), NOW, "shape"),
        ("threat 14: signature of zeros", format!("{}.{}.{}", parts[0], parts[1], b64([0u8; 64])), NOW, "signature"),
        ("threat 14: a space in front", format!(" {}", good()), NOW, "shape"),
        ("empty", String::new(), NOW, "shape"),
        ("dots", "..".to_owned(), NOW, "shape"),
        ("threat 40: over 1024 bytes", with("sub", json!("a".repeat(600))), NOW, "shape"),
    ]
}

fn outcome(token: &str, now: u64) -> &'static str {
    static KEYS: std::sync::LazyLock<KeyRing> = std::sync::LazyLock::new(keys);
    match play::verify(&KEYS, ISSUER, token, now) {
        Ok(_) => "ok",
        Err(Refusal::Shape) => "shape",
        Err(Refusal::Header) => "header",
        Err(Refusal::Key) => "key",
        Err(Refusal::Signature) => "signature",
        Err(Refusal::Claims) => "claims",
        Err(Refusal::NotYet) => "not-yet",
        Err(Refusal::Expired) => "expired",
    }
}

#[test]
fn threats_7_10_11_12_13_14_15_43_forged_tokens_are_refused() {
    for (name, token, now, expected) in cases() {
        assert_eq!(outcome(&token, now), expected, "{name}");
    }
}

/// The committed vectors are what these cases make. `UPDATE_VECTORS=1` writes them.
#[test]
fn the_committed_vectors_are_current_and_hold() {
    let public = SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
    let list: Vec<Value> = cases()
        .into_iter()
        .map(|(name, token, now, expected)| json!({"name": name, "token": token, "now": now, "expected": expected}))
        .collect();
    let made = json!({
        "about": "Playback tokens (cliff-play+jwt). `expected` is ok or the first rule that refuses; a verifier may refuse earlier, never accept.",
        "issuer": ISSUER, "audience": "cliffhanger:media",
        "keys": [{"kid": "k2611a", "seed": hex(&[7; 32]), "public": hex(&public)}],
        "cases": list,
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/play-token.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&made).unwrap())).unwrap();
    }
    let committed: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(committed, made, "run the tests with UPDATE_VECTORS=1");
    for case in committed["cases"].as_array().unwrap() {
        let token = case["token"].as_str().unwrap();
        assert_eq!(outcome(token, case["now"].as_u64().unwrap()), case["expected"], "{}", case["name"]);
    }
}

#[test]
fn threat_14_no_single_bit_flip_is_accepted() {
    let token = good();
    // Unoptimised curve arithmetic takes 30 ms: a debug build tries every 13th flip, a release build all of them.
    let stride = if cfg!(debug_assertions) { 13 } else { 1 };
    for flip in (0..token.len() * 7).step_by(stride) {
        let mut bytes = token.clone().into_bytes();
        bytes[flip / 7] ^= 1 << (flip % 7);
        let flipped = String::from_utf8(bytes).unwrap();
        assert_ne!(outcome(&flipped, NOW), "ok", "byte {} bit {}", flip / 7, flip % 7);
    }
}

#[test]
fn threat_8_a_token_opens_one_directory_only() {
    let claims: PlayClaims = play::verify(&keys(), ISSUER, &good(), NOW).unwrap();
    assert!(claims.covers("/neon-vows/9f3b2c44d1aa9f3b2c44d1aa/v1.mp4"));
    for other in [
        "/neon-vows/9f3b2c44d1aa9f3b2c44d1aa9/v1.mp4",
        "/neon-vows/9f3b2c44d1aa9f3b2c44d1a/v1.mp4",
        "/neon-vows/9f3b2c44d1aa9f3b2c44d1aa",
        "/neon-vows/other/v1.mp4",
        "/neon-vow/9f3b2c44d1aa9f3b2c44d1aa/v1.mp4",
        "/x/neon-vows/9f3b2c44d1aa9f3b2c44d1aa/v1.mp4",
        "/",
        "",
    ] {
        assert!(!claims.covers(other), "{other}");
    }
}

#[test]
fn what_we_sign_we_verify_and_it_stays_short() {
    let claims: PlayClaims = serde_json::from_value(claims()).unwrap();
    let token = play::sign(&keys(), &claims).unwrap();
    assert!(token.len() < 520, "{}", token.len());
    assert_eq!(play::verify(&keys(), ISSUER, &token, NOW).unwrap(), claims);
}

proptest! {
    #[test]
    fn threat_12_no_text_makes_the_verifier_panic_or_accept(text in "[ -~]{0,200}", part in "[A-Za-z0-9_.-]{0,300}") {
        prop_assert_ne!(outcome(&text, NOW), "ok");
        prop_assert_ne!(outcome(&part, NOW), "ok");
    }
}
