//! Signed tokens.
//!
//! All are JWS compact (RFC 7515) signed with Ed25519 (RFC 8037). The algorithm is fixed here; the header only has to
//! agree with it. `typ` separates the kinds, so a token of one kind is worthless where another is expected.
//! Sources of the rules: RFC 8725 (JWT best practice), RFC 9864 (the name `Ed25519`).

pub mod host;
pub mod jws;
pub mod keys;
pub mod play;
pub mod quote;
pub mod viewer;

pub use jws::Refusal;
pub use keys::KeyRing;
pub use play::PlayClaims;
pub use quote::QuoteClaims;
pub use viewer::ViewerClaims;
