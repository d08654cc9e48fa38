//! A host site's login: a JWT by an issuer, for an audience, with an algorithm and a key that the operator wrote down.
//!
//! Nothing is fetched, and nothing in the token chooses how it is checked: the key does.

mod key;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use key::{Algorithm, Jwk, Key};

/// The longest token that is looked at, in bytes.
const MAX_LENGTH: usize = 4096;
/// How far the host's clock may be off, in seconds.
const LEEWAY: u64 = 5;
/// The longest a login may be good for, in seconds.
const MAX_LIFETIME: u64 = 86_400;

/// A host site, as the operator writes it down.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    audience: String,
    algorithms: Vec<String>,
    keys: Vec<Jwk>,
}

/// The hosts whose logins are believed.
#[derive(Debug, Clone, Default)]
pub struct Hosts(Vec<Host>);

#[derive(Debug, Clone)]
struct Host {
    issuer: String,
    audience: String,
    keys: BTreeMap<String, Key>,
}

/// Who logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Login {
    pub issuer: String,
    pub subject: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
    #[serde(default, rename = "typ")]
    _typ: Option<&'a str>,
}

/// Members that are judged; a host may add others.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    sub: String,
    exp: u64,
    nbf: Option<u64>,
    iat: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Some(Vec<String>),
}

impl Hosts {
    /// Reads the operator's file: a list of `{"issuer","audience","algorithms":["EdDSA","ES256","RS256"],"keys":[JWK,...]}`.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let written: Vec<Written> = serde_json::from_slice(json).map_err(|e| e.to_string())?;
        let mut hosts = Vec::new();
        for host in written {
            let refuse = |what: &str| Err(format!("{:?}: {what}", host.issuer));
            if host.issuer.is_empty() || host.audience.is_empty() {
                return refuse("issuer and audience must not be empty");
            }
            let algorithms: Option<Vec<Algorithm>> = host.algorithms.iter().map(|name| Algorithm::named(name)).collect();
            let Some(algorithms) = algorithms.filter(|algorithms| !algorithms.is_empty()) else {
                return refuse("algorithms: known are \"EdDSA\", \"ES256\" and \"RS256\"");
            };
            let mut keys = BTreeMap::new();
            for jwk in &host.keys {
                let Some(key) = jwk.key() else {
                    return refuse(&format!("key {:?} is no public key for Ed25519, P-256, or RSA of 2048 bits and more", jwk.kid));
                };
                if !algorithms.contains(&key.algorithm()) {
                    return refuse(&format!("key {:?} is for an algorithm that is not in the list", jwk.kid));
                }
                if keys.insert(jwk.kid.clone(), key).is_some() {
                    return refuse(&format!("key {:?} appears twice", jwk.kid));
                }
            }
            if keys.is_empty() || hosts.iter().any(|known: &Host| known.issuer == host.issuer) {
                return refuse("each issuer once, with at least one key");
            }
            hosts.push(Host { issuer: host.issuer, audience: host.audience, keys });
        }
        Ok(Self(hosts))
    }

    /// Who `jwt` says has logged in, at `now_s`. `None`: it is not a login that is believed now.
    pub fn login(&self, jwt: &str, now_s: u64) -> Option<Login> {
        let (signed, signature) = jwt.rsplit_once('.').filter(|_| jwt.len() <= MAX_LENGTH)?;
        let (header, payload) = signed.split_once('.')?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok().filter(|bytes| bytes.first() == Some(&b'{'));
        let (header, payload) = (decode(header)?, decode(payload)?);
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let header: Header<'_> = serde_json::from_slice(&header).ok()?;
        // Read before it is verified, only to find the one host whose keys may have signed it.
        let claims: Claims = serde_json::from_slice(&payload).ok()?;
        let host = self.0.iter().find(|host| host.issuer == claims.iss)?;
        // Only keys of the host's own algorithms are in the table.
        let key = host.keys.get(header.kid).filter(|key| Algorithm::named(header.alg) == Some(key.algorithm()))?;
        if !key.verifies(signed.as_bytes(), &signature) {
            return None;
        }
        let audience = match &claims.aud {
            Audience::One(one) => *one == host.audience,
            Audience::Some(some) => some.contains(&host.audience),
        };
        let not_before = claims.nbf.max(claims.iat).unwrap_or(0);
        let in_time = now_s < claims.exp.saturating_add(LEEWAY)
            && not_before <= now_s.saturating_add(LEEWAY)
            && claims.exp <= now_s.saturating_add(MAX_LIFETIME);
        let subject = (1..=255).contains(&claims.sub.len()) && !claims.sub.contains(char::is_control);
        (audience && in_time && subject).then_some(Login { issuer: claims.iss, subject: claims.sub })
    }
}
