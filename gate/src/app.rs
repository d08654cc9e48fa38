//! The gate as an HTTP service: its state and its routes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{MethodRouter, any, get, post, put};

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::db::secrets::{Secret, hmac_sha256};
use crate::db::{Db, DbError, keys};
use crate::limits::{Limits, Rules};
use crate::links::Links;
use crate::payments::Provider;
use crate::payments::demo::Demo;
use crate::problem::Problem;
use crate::shop::revocations::Revocations;
use crate::token::KeyRing;
use crate::token::host::Hosts;
use crate::web::cors::Origins;
use crate::{api, limits, log, manifest_http, media, payments, random, web};

/// The largest API request body, in bytes.
const BODY_LIMIT: usize = 16 * 1024;

/// Everything a request needs. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    config: Config,
    catalog: RwLock<Arc<Catalog>>,
    keys: RwLock<Arc<KeyRing>>,
    manifests: manifest_http::Cache,
    revocations: Revocations,
    limits: Limits,
}

/// What a gate is made of.
pub struct Config {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Keys that sign and verify, until [`Gate::catch_up`] finds others.
    pub keys: Arc<KeyRing>,
    /// The database.
    pub db: Db,
    /// What makes pseudonyms of viewers.
    pub pseudonyms: Secret,
    /// How often one may ask.
    pub rules: Rules,
    /// The host sites whose logins are believed.
    pub hosts: Hosts,
    /// Who takes money; the first one takes new payments.
    pub providers: Vec<Arc<dyn Provider>>,
    /// The pretended one, which is also among the providers. Only in a demo.
    pub demo: Option<Arc<Demo>>,
    /// `iss` of the tokens: the gate's public URL, or a name that all gates on the database share.
    pub issuer: String,
    /// How addresses are written.
    pub links: Links,
    /// Who may call the API from a browser.
    pub origins: Origins,
    /// A folder of a public site to serve at `/`, resolved.
    pub site: Option<PathBuf>,
    /// The folder of the built player, resolved.
    pub player: Option<PathBuf>,
    /// Folders, resolved, of which no file is ever served by name, even when the site holds them: episodes and data.
    pub guarded: Vec<PathBuf>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("issuer", &self.0.config.issuer).finish_non_exhaustive()
    }
}

impl Gate {
    /// A gate that serves `catalog`.
    pub fn new(config: Config, catalog: Catalog) -> Self {
        Self(Arc::new(Inner {
            limits: Limits::new(&config.rules),
            keys: RwLock::new(Arc::clone(&config.keys)),
            config,
            catalog: RwLock::new(Arc::new(catalog)),
            manifests: manifest_http::Cache::default(),
            revocations: Revocations::default(),
        }))
    }

    /// Milliseconds since the epoch.
    pub fn now_ms(&self) -> u64 {
        self.0.config.clock.now_ms()
    }

    /// Milliseconds since the epoch as the machine has it, even when it was set back: for what other machines date.
    pub fn wall_ms(&self) -> u64 {
        self.0.config.clock.wall_ms()
    }

    /// The keys of this moment.
    pub fn keys(&self) -> Arc<KeyRing> {
        Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.config.db
    }

    /// How often one may ask.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The payment provider of this name, or the one that takes new payments.
    pub fn provider(&self, name: Option<&str>) -> Option<&Arc<dyn Provider>> {
        self.0.config.providers.iter().find(|p| name.is_none_or(|name| p.name() == name))
    }

    /// The host sites whose logins are believed.
    pub fn hosts(&self) -> &Hosts {
        &self.0.config.hosts
    }

    /// The pretended payment provider, in a demo.
    pub fn demo(&self) -> Option<&Arc<Demo>> {
        self.0.config.demo.as_ref()
    }

    /// Playback tokens that are void.
    pub fn revocations(&self) -> &Revocations {
        &self.0.revocations
    }

    /// Reads the void playback tokens anew.
    pub async fn reload_revocations(&self) -> Result<(), DbError> {
        self.0.revocations.reload(self.db(), self.now_ms()).await
    }

    /// Reads from the database what other gates may have changed: void tokens and signing keys.
    pub async fn catch_up(&self) -> Result<(), DbError> {
        self.reload_revocations().await?;
        let stored = keys::load(self.db()).await?;
        if let Some(ring) = KeyRing::at(&stored, self.now_ms()) {
            *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        }
        Ok(())
    }

    /// Stands for `viewer` in playback tokens, the same each time, and leads back to nobody.
    pub fn pseudonym(&self, viewer: &str) -> String {
        let digest = hmac_sha256(self.0.config.pseudonyms.bytes(), viewer.as_bytes());
        random::base64(digest.get(..16).unwrap_or_default())
    }

    /// `iss` of our tokens.
    pub fn issuer(&self) -> &str {
        &self.0.config.issuer
    }

    /// How addresses are written.
    pub fn links(&self) -> &Links {
        &self.0.config.links
    }

    /// Who may call the API.
    pub fn origins(&self) -> &Origins {
        &self.0.config.origins
    }

    /// The site folder.
    pub fn site(&self) -> Option<&PathBuf> {
        self.0.config.site.as_ref()
    }

    /// The player folder.
    pub fn player(&self) -> Option<&PathBuf> {
        self.0.config.player.as_ref()
    }

    /// Whether `path`, resolved, lies where nothing is served by name.
    pub fn is_guarded(&self, path: &Path) -> bool {
        self.0.config.guarded.iter().any(|g| path.starts_with(g))
    }

    pub(crate) fn manifests(&self) -> &manifest_http::Cache {
        &self.0.manifests
    }

    /// The catalogue of this moment.
    pub fn catalog(&self) -> Arc<Catalog> {
        // A writer only swaps a pointer and cannot leave it half done, so a poisoned lock is still good.
        Arc::clone(&self.0.catalog.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the catalogue.
    pub fn set_catalog(&self, catalog: Catalog) {
        *self.0.catalog.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
    }
}

/// All routes.
pub fn router(gate: Gate) -> Router {
    let newcomer = middleware::from_fn_with_state(gate.clone(), limits::newcomers);
    let api = Router::new()
        .route("/v1/play", only("POST, OPTIONS", post(api::play::play)))
        .route("/v1/quotes", only("POST, OPTIONS", post(api::quotes::quote)))
        .route("/v1/unlocks", only("POST, OPTIONS", post(api::unlocks::unlock)))
        .route("/v1/checkouts", only("POST, OPTIONS", post(api::checkouts::begin)))
        .route("/v1/checkouts/{id}", only("GET, HEAD, OPTIONS", get(api::checkouts::look)))
        .route("/v1/viewers", only("POST, OPTIONS", post(api::viewers::create).layer(newcomer)))
        .route("/v1/viewers/exchange", only("POST, OPTIONS", post(api::viewers::exchange)))
        .route("/v1/viewers/revoke", only("POST, OPTIONS", post(api::viewers::revoke)))
        .route("/v1/series/{id}/access", only("GET, HEAD, OPTIONS", get(api::access::access)))
        .route("/v1/me", only("GET, HEAD, DELETE, OPTIONS", get(api::me::me).delete(api::me::delete)))
        .route("/v1/me/ledger", only("GET, HEAD, OPTIONS", get(api::me::statement)))
        .route("/v1/me/limits", only("PUT, OPTIONS", put(api::me::limits)))
        .route("/v1/me/auto-unlock/{series}", only("PUT, DELETE, OPTIONS", put(api::me::allow_auto).delete(api::me::stop_auto)))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(gate.clone(), api::viewer::identify))
        .layer(middleware::from_fn(web::in_time))
        .layer(middleware::from_fn_with_state(gate.clone(), limits::peers))
        .layer(middleware::from_fn_with_state(gate.clone(), web::cors::guard_api));
    // Providers are no browsers: no CORS, no viewers.
    let callbacks = Router::new()
        .route("/v1/callbacks/webhook/{provider}", only("POST", post(payments::webhook::webhook)))
        .route("/checkout/demo/{id}", only("GET, HEAD", get(payments::demo::show)))
        .route("/checkout/demo/{id}/pay", only("POST", post(payments::demo::pay)))
        .route("/checkout.css", get(payments::demo::stylesheet))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(web::in_time))
        .layer(middleware::from_fn_with_state(gate.clone(), limits::peers));
    let public = Router::new()
        .route("/series/{file}", get(manifest_http::by_file))
        .route("/v1/series/{id}", only("GET, HEAD, OPTIONS", get(manifest_http::by_id)))
        .route("/v1/openapi.json", only("GET, HEAD, OPTIONS", get(api::openapi::serve)))
        .route("/cliffhanger/{*file}", get(web::files::player))
        .route("/oembed", get(web::oembed::oembed))
        .layer(middleware::from_fn(web::cors::open));
    // Paths that differ by a trailing slash or by nothing after it are still ours, not the site's.
    let media = Router::new()
        .route("/p/{*rest}", any(media::granted))
        .route("/p/", any(media::granted))
        .route("/free/{*rest}", any(media::free))
        .route("/free/", any(media::free))
        .route("/poster/{*rest}", any(media::poster))
        .route("/poster/", any(media::poster));
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/watch.css", get(web::page::stylesheet))
        .route("/watch.js", get(web::page::script))
        .route("/watch/{series}", get(web::page::series))
        .route("/watch/{series}/{n}", get(web::page::episode))
        .route("/v1/{*rest}", any(|| async { Problem::not_found("/v1") }))
        .merge(api)
        .merge(callbacks)
        .merge(public)
        .merge(media)
        .fallback(web::files::site)
        .layer(middleware::from_fn(log::requests))
        .with_state(gate)
}

/// Other methods than `allow` are a problem that says so.
fn only(allow: &'static str, routes: MethodRouter<Gate>) -> MethodRouter<Gate> {
    routes.fallback(move || async move { web::method_not_allowed(allow) })
}
