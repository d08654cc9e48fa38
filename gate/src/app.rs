//! The gate as an HTTP service: its state and its routes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{any, get, post};

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::links::Links;
use crate::token::KeyRing;
use crate::web::cors::Origins;
use crate::{log, manifest_http, media, play, web};

/// The largest API request body, in bytes.
const BODY_LIMIT: usize = 16 * 1024;

/// Everything a request needs. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    config: Config,
    catalog: RwLock<Arc<Catalog>>,
    manifests: manifest_http::Cache,
}

/// What a gate is made of.
pub struct Config {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Keys that sign and verify.
    pub keys: KeyRing,
    /// `iss` of the tokens: the gate's own base URL.
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
        Self(Arc::new(Inner { config, catalog: RwLock::new(Arc::new(catalog)), manifests: manifest_http::Cache::default() }))
    }

    /// Milliseconds since the epoch.
    pub fn now_ms(&self) -> u64 {
        self.0.config.clock.now_ms()
    }

    /// The keys.
    pub fn keys(&self) -> &KeyRing {
        &self.0.config.keys
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
    let api = Router::new()
        .route("/v1/play", post(play::play).fallback(web::method_not_allowed))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(web::too_large))
        .layer(middleware::from_fn_with_state(gate.clone(), web::cors::guard_api));
    let public = Router::new()
        .route("/series/{file}", get(manifest_http::by_file))
        .route("/v1/series/{id}", get(manifest_http::by_id))
        .route("/cliffhanger/{*file}", get(web::files::player))
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
        .route("/watch/{series}", get(web::page::series))
        .route("/watch/{series}/{n}", get(web::page::episode))
        .merge(api)
        .merge(public)
        .merge(media)
        .fallback(web::files::site)
        .layer(middleware::from_fn(log::requests))
        .with_state(gate)
}
