//! Logins of a host site, and what becomes of the anonymous viewer.

use std::sync::Arc;

use cliffhanger_gate::maintenance::audit;
use cliffhanger_gate::random::base64;
use cliffhanger_gate::token::host::Hosts;
use ed25519_dalek::{Signer as _, SigningKey};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Answer, Bench, Folder, NOW_MS, Setup};

const NOW: u64 = NOW_MS / 1000;

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn written() -> Value {
    let jwk = |kid: &str, n: u8| json!({"kid": kid, "kty": "OKP", "crv": "Ed25519", "x": base64(key(n).verifying_key().as_bytes())});
    json!([
        {"issuer": "https://drama.example", "audience": "gate", "algorithms": ["EdDSA"], "keys": [jwk("one", 1), jwk("two", 2)]},
        {"issuer": "https://other.example", "audience": "gate", "algorithms": ["EdDSA"], "keys": [jwk("three", 3)]}
    ])
}

fn signed(n: u8, header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims.to_string().as_bytes()));
    let signature = key(n).sign(text.as_bytes());
    format!("{text}.{}", base64(&signature.to_bytes()))
}

fn claims(subject: &str) -> Value {
    json!({"iss": "https://drama.example", "aud": "gate", "sub": subject, "iat": NOW, "exp": NOW + 300, "name": "Ada"})
}

fn login(subject: &str) -> String {
    signed(1, &json!({"alg": "EdDSA", "kid": "one", "typ": "JWT"}), &claims(subject))
}

async fn demo() -> (Folder, Arc<Bench>) {
    let folder = Folder::episodes(5);
    let hosts = Hosts::parse(written().to_string().as_bytes()).unwrap();
    let bench = Bench::open(&folder, Setup { free: Some(1), demo: true, hosts, ..Setup::default() }).await;
    (folder, Arc::new(bench))
}

impl Bench {
    async fn exchange(&self, guest: Option<&str>, jwt: &str) -> Answer {
        let body = json!({"hostJwt": jwt});
        match guest {
            Some(guest) => self.api(guest, "POST", "/v1/viewers/exchange", body).await,
            None => self.post("/v1/viewers/exchange", "application/json", body.to_string()).await,
        }
    }

    async fn logged_in(&self, guest: Option<&str>, subject: &str) -> String {
        let answer = self.exchange(guest, &login(subject)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["merged"], guest.is_some());
        answer.json()["viewerToken"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn the_same_login_is_the_same_viewer_and_another_is_another() {
    let (_folder, bench) = demo().await;
    let (one, two) = (bench.logged_in(None, "ada").await, bench.logged_in(None, "ada").await);
    assert_eq!(bench.id_of(&one), bench.id_of(&two));
    assert_ne!(bench.id_of(&one), bench.id_of(&bench.logged_in(None, "bob").await));
    assert_eq!(bench.api(&one, "GET", "/v1/me", Value::Null).await.json()["kind"], "host");
    let elsewhere = json!({"iss": "https://other.example", "aud": ["x", "gate"], "sub": "ada", "exp": NOW + 60});
    let other = bench.exchange(None, &signed(3, &json!({"alg": "Ed25519", "kid": "three"}), &elsewhere)).await;
    assert_eq!(other.status, 200, "{}", other.text());
    assert_ne!(bench.id_of(other.json()["viewerToken"].as_str().unwrap()), bench.id_of(&one));
}

#[tokio::test]
async fn threat_53_a_login_that_is_not_exactly_right_is_none() {
    let (_folder, bench) = demo().await;
    let good = json!({"alg": "EdDSA", "kid": "one"});
    let with = |name: &str, value: Value| {
        let mut claims = claims("ada");
        claims[name] = value;
        signed(1, &good, &claims)
    };
    let without = |name: &str| {
        let mut claims = claims("ada");
        claims.as_object_mut().unwrap().remove(name);
        signed(1, &good, &claims)
    };
    let header = |header: Value| signed(1, &header, &claims("ada"));
    let text = login("ada");
    let parts: Vec<&str> = text.split('.').collect();
    let none = base64(br#"{"alg":"none","kid":"one"}"#);
    for bad in [
        with("iss", json!("https://evil.example")),
        with("iss", json!("https://other.example")),
        with("aud", json!("another")),
        with("aud", json!([])),
        with("exp", json!(NOW - 5)),
        with("exp", json!(NOW + 86_401)),
        with("exp", json!("soon")),
        with("nbf", json!(NOW + 6)),
        with("iat", json!(NOW + 6)),
        with("sub", json!("")),
        with("sub", json!("x".repeat(256))),
        with("sub", json!("a\u{0}b")),
        with("sub", json!(7)),
        without("exp"),
        without("sub"),
        without("aud"),
        without("iss"),
        header(json!({"alg": "HS256", "kid": "one"})),
        header(json!({"alg": "EdDSA", "kid": "three"})),
        header(json!({"alg": "EdDSA", "kid": "two"})),
        header(json!({"alg": "EdDSA"})),
        header(json!({"alg": "EdDSA", "kid": "one", "jwk": {"kty": "OKP"}})),
        header(json!({"alg": "EdDSA", "kid": "one", "crit": ["exp"]})),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{text}="),
        signed(9, &good, &claims("ada")),
        bench.viewer().await,
        String::new(),
        "x".repeat(5000),
    ] {
        bench.exchange(None, &bad).await.problem(401, "host-login-invalid");
    }
    let (_folder, deaf) = {
        let folder = Folder::episodes(2);
        let bench = Bench::open(&folder, Setup::default()).await;
        (folder, bench)
    };
    deaf.exchange(None, &text).await.problem(401, "host-login-invalid");
}

/// A host's keys of every kind.
struct Mixed {
    ec: EcdsaKeyPair,
    rsa: RsaKeyPair,
}

/// For these tests alone.
const RSA: &[u8] = include_bytes!("../vectors/host-rsa.der");

impl Mixed {
    fn new() -> Self {
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref(), &random).unwrap();
        Self { ec, rsa: RsaKeyPair::from_der(RSA).unwrap() }
    }

    fn written(&self) -> Value {
        let (point, rsa) = (self.ec.public_key().as_ref(), RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public()));
        json!([{"issuer": "https://drama.example", "audience": "gate", "algorithms": ["EdDSA", "ES256", "RS256"], "keys": [
            {"kid": "ed", "kty": "OKP", "crv": "Ed25519", "x": base64(key(1).verifying_key().as_bytes())},
            {"kid": "ec", "kty": "EC", "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..]), "alg": "ES256", "use": "sig"},
            {"kid": "rsa", "kty": "RSA", "n": base64(&rsa.n), "e": base64(&rsa.e), "alg": "RS256"}
        ]}])
    }

    fn sign(&self, kind: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let rsa = |padding| {
            let mut signature = vec![0; self.rsa.public().modulus_len()];
            self.rsa.sign(padding, &random, message, &mut signature).unwrap();
            signature
        };
        match kind {
            "ed" => key(1).sign(message).to_bytes().to_vec(),
            "ec" => self.ec.sign(&random, message).unwrap().as_ref().to_vec(),
            "rsa" => rsa(&RSA_PKCS1_SHA256),
            _ => rsa(&RSA_PKCS1_SHA512),
        }
    }

    /// A login whose header says `alg` and `kid` and which `kind` signs.
    fn login(&self, alg: &str, kid: &str, kind: &str) -> String {
        let header = json!({"alg": alg, "kid": kid, "typ": "JWT"});
        let text = format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims("ada").to_string().as_bytes()));
        let signature = self.sign(kind, text.as_bytes());
        format!("{text}.{}", base64(&signature))
    }
}

#[test]
fn logins_may_be_signed_with_the_keys_that_most_hosts_have() {
    let mixed = Mixed::new();
    let hosts = Hosts::parse(mixed.written().to_string().as_bytes()).unwrap();
    for (alg, kid) in [("EdDSA", "ed"), ("Ed25519", "ed"), ("ES256", "ec"), ("RS256", "rsa")] {
        let login = mixed.login(alg, kid, kid);
        assert_eq!(hosts.login(&login, NOW).unwrap().subject, "ada", "{alg}");
        let at = login.rfind('.').unwrap() + 7;
        let flipped = if &login[at..=at] == "A" { "B" } else { "A" };
        assert_eq!(hosts.login(&format!("{}{flipped}{}", &login[..at], &login[at + 1..]), NOW), None, "{alg}, altered");
        assert_eq!(
            hosts.login(
                &login.replacen(&base64(claims("ada").to_string().as_bytes()), &base64(claims("bob").to_string().as_bytes()), 1),
                NOW
            ),
            None
        );
    }
}

#[test]
fn threat_53_the_key_decides_how_it_is_used_and_no_header_does() {
    let mixed = Mixed::new();
    let hosts = Hosts::parse(mixed.written().to_string().as_bytes()).unwrap();
    for alg in ["EdDSA", "ES256", "RS256", "RS512", "PS256", "HS256", "ES384", "none", "None", "rs256", ""] {
        for kid in ["ed", "ec", "rsa"] {
            for kind in ["ed", "ec", "rsa", "rsa-512"] {
                let right = kid == kind && [("EdDSA", "ed"), ("ES256", "ec"), ("RS256", "rsa")].contains(&(alg, kid));
                assert_eq!(hosts.login(&mixed.login(alg, kid, kind), NOW).is_some(), right, "{alg} {kid} {kind}");
            }
        }
    }
    // The oldest trick: the public key as the secret of an HMAC. There is no HMAC to be tricked.
    let modulus = RsaPublicKeyComponents::<Vec<u8>>::from(mixed.rsa.public()).n;
    for alg in ["HS256", "RS256"] {
        let header = json!({"alg": alg, "kid": "rsa"});
        let text = format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims("ada").to_string().as_bytes()));
        let tag = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &modulus), text.as_bytes());
        assert_eq!(hosts.login(&format!("{text}.{}", base64(tag.as_ref())), NOW), None);
    }
    // Signatures of zeros, which broke verifiers of ECDSA before.
    let zeros = mixed.login("ES256", "ec", "ec");
    let (text, _) = zeros.rsplit_once('.').unwrap();
    for length in [0, 63, 64, 65, 72, 256] {
        assert_eq!(hosts.login(&format!("{text}.{}", base64(&vec![0; length])), NOW), None, "{length}");
    }
}

#[test]
fn a_key_that_is_weak_or_not_for_the_listed_algorithms_is_refused() {
    let good = Mixed::new().written();
    assert!(Hosts::parse(good.to_string().as_bytes()).is_ok());
    let modulus = good[0]["keys"][2]["n"].as_str().unwrap().to_owned();
    for (place, value) in [
        ("/0/algorithms", json!(["EdDSA", "ES256"])),
        ("/0/algorithms", json!(["EdDSA", "RS256", "ES256", "HS256"])),
        ("/0/keys/1/alg", json!("RS256")),
        ("/0/keys/1/use", json!("enc")),
        ("/0/keys/1/crv", json!("secp256k1")),
        ("/0/keys/1/y", json!("AAAA")),
        ("/0/keys/1/kty", json!("OKP")),
        ("/0/keys/2/n", json!(base64(&[0xff; 128]))),
        ("/0/keys/2/n", json!(base64(&[0xfe; 256]))),
        ("/0/keys/2/n", json!(base64(&[0x7f; 256]))),
        ("/0/keys/2/n", json!(base64(&[0xff; 1025]))),
        ("/0/keys/2/n", json!(format!("{modulus}="))),
        ("/0/keys/2/e", json!(base64(&[1]))),
        ("/0/keys/2/e", json!(base64(&[3]))),
        ("/0/keys/2/e", json!(base64(&[1, 0, 0]))),
        ("/0/keys/2/e", json!(base64(&[0, 0, 1, 1]))),
        ("/0/keys/2/kty", json!("EC")),
    ] {
        let mut file = good.clone();
        *file.pointer_mut(place).unwrap() = value.clone();
        assert!(Hosts::parse(file.to_string().as_bytes()).is_err(), "{place} = {value}");
    }
    for extra in ["d", "k", "x5u", "jku"] {
        let mut file = good.clone();
        file[0]["keys"][2][extra] = json!("x");
        assert!(Hosts::parse(file.to_string().as_bytes()).is_err(), "{extra}");
    }
}

#[tokio::test]
async fn what_an_anonymous_viewer_had_moves_with_the_login() {
    let (_folder, bench) = demo().await;
    let guest = bench.viewer().await;
    bench.coins(&guest, 100, 20).await;
    let quote = bench.quote(&guest, "e002", "ep-coins").await;
    assert_eq!(bench.unlock(&guest, &quote).await.status, 201);
    let body = json!({"series": "neon-vows", "offer": "pack-30"});
    let pending = bench.api(&guest, "POST", "/v1/checkouts", body).await.json();
    let host = bench.logged_in(None, "ada").await;
    bench.coins(&host, 30, 0).await;
    let quote = bench.quote(&host, "e002", "ep-coins").await;
    assert_eq!(bench.unlock(&host, &quote).await.status, 201, "owned on both sides");
    let merged = bench.logged_in(Some(&guest), "ada").await;
    assert_eq!(bench.wallet(&merged).await, (90, 0));
    assert_eq!(bench.play_as(&merged, "e002").await.status, 200);
    bench.api(&guest, "GET", "/v1/me", Value::Null).await.problem(401, "token-invalid");
    // A payment that was under way arrives where its viewer went.
    let id = pending["id"].as_str().unwrap();
    assert_eq!(bench.ask("POST", &format!("/checkout/demo/{id}/pay"), &[]).await.status, 303);
    assert_eq!(bench.wallet(&merged).await, (120, 0));
    assert_eq!(audit::audit(bench.gate.db()).await.unwrap().faults, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threat_51_merging_at_once_and_crosswise_makes_no_coin() {
    let (_folder, bench) = demo().await;
    let guest = bench.viewer().await;
    bench.coins(&guest, 100, 0).await;
    let mut tasks = JoinSet::new();
    for subject in ["ada", "bob"].iter().cycle().take(12) {
        let (bench, guest) = (Arc::clone(&bench), guest.clone());
        tasks.spawn(async move { bench.exchange(Some(&guest), &login(subject)).await.status.as_u16() });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|status| **status == 200).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().all(|status| [200, 401].contains(status)), "{outcomes:?}");
    let (ada, bob) = (bench.logged_in(None, "ada").await, bench.logged_in(None, "bob").await);
    // A host's viewer is never merged into another.
    let crossed = bench.exchange(Some(&ada), &login("bob")).await.json();
    assert_eq!(crossed["merged"], false);
    assert_eq!(bench.wallet(&ada).await.0 + bench.wallet(&bob).await.0, 100);
    assert_eq!(audit::audit(bench.gate.db()).await.unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_hosts_file_that_makes_no_sense_is_refused() {
    assert!(Hosts::parse(written().to_string().as_bytes()).is_ok());
    for (place, value) in [
        ("/0/algorithms", json!(["HS256"])),
        ("/0/algorithms", json!([])),
        ("/0/keys", json!([])),
        ("/0/keys/0/kty", json!("RSA")),
        ("/0/keys/0/x", json!("AAAA")),
        ("/0/keys/0/x", json!(base64(&[0; 32]))),
        ("/0/keys/1/kid", json!("one")),
        ("/0/issuer", json!("https://other.example")),
        ("/0/audience", json!("")),
    ] {
        let mut file = written();
        *file.pointer_mut(place).unwrap() = value.clone();
        assert!(Hosts::parse(file.to_string().as_bytes()).is_err(), "{place} = {value}");
    }
    assert!(Hosts::parse(b"{}").is_err());
}
