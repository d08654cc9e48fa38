//! Media in an S3-compatible object store: listed once, at the start; then read as they are asked for.
//!
//! Each object is recorded with its entity tag, and read only while it still has it: half an episode and half of what
//! replaced it are never sent as one.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{ClientOptions, Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, RetryConfig};

use tokio::time::error::Elapsed;

use super::range::ByteRange;

/// How long the store may take to accept a connection, and to begin or go on with an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most objects that are listed.
const MAX_OBJECTS: usize = 100_000;
/// How much the reader fetches at once, in bytes: the header of most episodes.
const WINDOW: u64 = 256 * 1024;

/// Why a store cannot be used, in words for its operator.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ShelfError {
    #[error("it must be like s3://bucket/folder")]
    Address,
    #[error("{0}")]
    Store(#[from] Error),
    #[error("more than {MAX_OBJECTS} objects lie there; name the folder of one series")]
    TooMany,
}

/// Why an object is not sent.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Unread {
    #[error("it is not there any more, or was replaced since the gate has started")]
    Gone,
    #[error("the store does not answer: {0}")]
    Away(Error),
}

/// A folder in an object store.
#[derive(Clone)]
pub struct Shelf {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

/// What lies on a shelf, by name relative to it.
pub type Objects = BTreeMap<String, Object>;

/// A file on a shelf, as it was when it was listed.
#[derive(Clone)]
pub struct Object {
    store: Arc<dyn ObjectStore>,
    key: Path,
    len: u64,
    modified_ms: u64,
    tag: Option<String>,
}

impl Shelf {
    /// The folder `s3://bucket/folder`. Everything else comes from `environment`, by the names that the AWS tools use.
    pub fn open(url: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, ShelfError> {
        let (bucket, folder) =
            url.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, ""))).ok_or(ShelfError::Address)?;
        if bucket.is_empty() {
            return Err(ShelfError::Address);
        }
        // Another part of the process may have chosen already, and that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = AmazonS3Builder::new();
        let mut plain = false;
        for (name, value) in environment.into_iter().filter(|(name, _)| name.starts_with("AWS_")) {
            plain |= name == "AWS_ALLOW_HTTP" && value.eq_ignore_ascii_case("true");
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        let options = ClientOptions::new()
            .with_allow_http(plain)
            .with_connect_timeout(PATIENCE)
            // Those would count the time in which the viewer takes nothing. See `in_time`.
            .with_timeout_disabled();
        let retry = RetryConfig { max_retries: 2, retry_timeout: PATIENCE / 2, ..RetryConfig::default() };
        let store = builder.with_bucket_name(bucket).with_client_options(options).with_retry(retry).build()?;
        let prefix = Path::parse(folder.trim_end_matches('/')).map_err(|_| ShelfError::Address)?;
        Ok(Self { store: Arc::new(store), prefix })
    }

    /// Everything that lies there, also in folders below.
    pub async fn list(&self) -> Result<Objects, ShelfError> {
        let mut objects = Objects::new();
        let mut found = self.store.list(Some(&self.prefix));
        while let Some(meta) = in_time(found.try_next()).await? {
            if objects.len() >= MAX_OBJECTS {
                return Err(ShelfError::TooMany);
            }
            let Some(name) = meta.location.as_ref().strip_prefix(self.prefix.as_ref()) else { continue };
            let object = Object {
                store: Arc::clone(&self.store),
                key: meta.location.clone(),
                len: meta.size,
                modified_ms: u64::try_from(meta.last_modified.timestamp_millis()).unwrap_or(0),
                tag: meta.e_tag,
            };
            objects.insert(name.trim_start_matches('/').to_owned(), object);
        }
        Ok(objects)
    }
}

impl Object {
    /// Its name in the store.
    pub fn key(&self) -> &str {
        self.key.as_ref()
    }

    /// Its length in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// When it was last changed, milliseconds since the epoch.
    pub fn modified_ms(&self) -> u64 {
        self.modified_ms
    }

    /// Its bytes as they arrive, or those of `range`.
    pub async fn stream(&self, range: Option<ByteRange>) -> Result<BoxStream<'static, io::Result<Bytes>>, Unread> {
        let range = range.map(|range| GetRange::Bounded(range.first..range.last.saturating_add(1)));
        let options = GetOptions { range, if_match: self.tag.clone(), ..GetOptions::default() };
        let got = in_time(self.store.get_opts(&self.key, options)).await.map_err(|error| match error {
            Error::NotFound { .. } | Error::Precondition { .. } => Unread::Gone,
            error => Unread::Away(error),
        })?;
        if got.meta.size != self.len {
            return Err(Unread::Gone);
        }
        let parts = stream::try_unfold(got.into_stream(), |mut parts| async move {
            let part = in_time(parts.try_next()).await.map_err(io::Error::other)?;
            Ok(part.map(|part| (part, parts)))
        });
        Ok(parts.boxed())
    }

    /// Reads it in pieces, for looking into it at the start. Blocks: for the threads of a multi-threaded runtime.
    pub fn into_reader(self) -> Reader {
        Reader { object: self, at: 0, window: Bytes::new(), window_at: 0 }
    }
}

/// What the store says, if it says it before the patience is over. The answer counts first: nobody waits for the store
/// while the viewer takes nothing.
async fn in_time<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |late: Elapsed| Error::Generic { store: "S3", source: Box::new(late) };
    tokio::time::timeout(PATIENCE, answer).await.map_err(late)?
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        (&self.key, self.len, self.modified_ms, &self.tag) == (&other.key, other.len, other.modified_ms, &other.tag)
    }
}

impl Eq for Object {}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Object").field(&self.key()).finish()
    }
}

/// See [`Object::into_reader`].
#[derive(Debug)]
pub struct Reader {
    object: Object,
    at: u64,
    window: Bytes,
    window_at: u64,
}

impl Reader {
    /// What is known of the bytes from here on; empty at the end.
    fn window(&mut self) -> io::Result<&[u8]> {
        let within = |reader: &Self| reader.at.checked_sub(reader.window_at).and_then(|at| usize::try_from(at).ok());
        if within(self).is_none_or(|at| at >= self.window.len()) {
            let end = self.at.saturating_add(WINDOW).min(self.object.len);
            if self.at >= end {
                return Ok(&[]);
            }
            let fetch = in_time(self.object.store.get_range(&self.object.key, self.at..end));
            let fetched = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(fetch));
            self.window = fetched.map_err(io::Error::other)?;
            self.window_at = self.at;
        }
        Ok(within(self).and_then(|at| self.window.get(at..)).unwrap_or_default())
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.window()?.read(buffer)?;
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            SeekFrom::End(by) => self.object.len.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}
