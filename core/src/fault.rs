//! Everything that can go wrong, by code. The comment on each code is its text in `docs/errors.md`.

use crate::node::Node;

/// The `type` of an `error` event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something could not be fetched.
    Network,
    /// Media arrived and cannot be played.
    Media,
    /// The manifest is not what it should be.
    Manifest,
    /// Access to an episode could not be decided or was refused.
    Access,
    /// The player itself.
    Internal,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Network, Self::Media, Self::Manifest, Self::Access, Self::Internal];

    /// The name used in events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Media => "media",
            Self::Manifest => "manifest",
            Self::Access => "access",
            Self::Internal => "internal",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $kind:ident;)*) => {
        /// A stable error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[doc = $doc])* $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The text of the code, as in `error.code`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The `type` the code belongs to.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)* }
            }

            /// What happened and what helps: the text of `docs/errors.md`.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc, "\n",)*),)* }
            }
        }
    };
}

codes! {
    /// The manifest could not be fetched: no connection, a refused connection, CORS, or no answer within 20 seconds. The player tries three times,
    /// then shows "Try again". Check the address, the server's `Access-Control-Allow-Origin`, and the page's `connect-src`.
    ManifestUnreachable = "manifest-unreachable", Network;
    /// The manifest's server answered with an error status. 5xx, 408 and 429 are tried three times first.
    ManifestStatus = "manifest-status", Network;
    /// The document is not JSON. The message says where it breaks.
    ManifestNotJson = "manifest-not-json", Manifest;
    /// `cliffhanger` is missing or names another version. This player reads `"cliffhanger":"1"`.
    ManifestVersion = "manifest-version", Manifest;
    /// A member is missing or has the wrong type; the message names its path. When one episode is concerned, only that episode is left out.
    ManifestShape = "manifest-shape", Manifest;
    /// `episodes` is empty.
    ManifestNoEpisodes = "manifest-no-episodes", Manifest;
    /// More than 10,000 episodes in one document. Split the series and name the next page with `next`.
    ManifestTooManyEpisodes = "manifest-too-many-episodes", Manifest;
    /// Two episodes have the same id. The later one is left out.
    ManifestDuplicateId = "manifest-duplicate-id", Manifest;
    /// A URL is neither `https:`, nor `http:` on localhost, nor relative; or it holds blanks, backslashes, quotes or angle brackets. What it belongs to
    /// is left out; the rest plays.
    ManifestBadUrl = "manifest-bad-url", Manifest;
    /// The document is nested deeper than 32 levels.
    ManifestTooDeep = "manifest-too-deep", Manifest;
    /// The media file does not exist (404 or 410). Swiping on works.
    MediaNotFound = "media-not-found", Network;
    /// The server refused the media file (401 or 403). Behind a gate the player first asks for a fresh grant.
    MediaForbidden = "media-forbidden", Network;
    /// The media server failed (5xx or another error status) three times.
    MediaServer = "media-server", Network;
    /// The media file could not be reached, three times, or the browser is offline. The episode starts again by itself when the browser is online.
    MediaUnreachable = "media-unreachable", Network;
    /// No more of the video arrived for ten seconds, three times, or it ended long before its catalogue length.
    MediaTimeout = "media-timeout", Network;
    /// The file arrived and is not a video that this browser can play: another codec (HEVC plays sound without a picture in some browsers), or not a
    /// video at all. Use MP4 with H.264 and AAC. The episode's other renditions are tried first.
    MediaUnsupported = "media-unsupported", Media;
    /// The video broke off while decoding, three times.
    MediaDecode = "media-decode", Media;
    /// The episode is open, but the manifest gives no usable rendition for it.
    MediaNoRendition = "media-no-rendition", Media;
    /// The gate did not answer within ten seconds, or not with an answer. Free episodes go on; the episode stays locked and offers "Try again".
    GateUnreachable = "gate-unreachable", Access;
    /// A grant from the gate, from `respondWith()` or from `grant()` is not `true` or `{renditions: [{type, url}], ...}`.
    GrantInvalid = "grant-invalid", Access;
    /// The viewer chose an offer, nothing on the page answered `unlockrequest`, and there is no gate that sells. Call `event.respondWith(promise)`, or `event.preventDefault()` and
    /// later `grant()`.
    UnlockUnanswered = "unlock-unanswered", Access;
    /// The WebAssembly part could not be loaded or started: a wrong address, or a Content-Security-Policy without `'wasm-unsafe-eval'`. The page's own
    /// first `<video>` goes on with the browser's controls.
    WasmUnavailable = "wasm-unavailable", Internal;
    /// The player stopped because of a bug. Please report it; reloading the page helps.
    PlayerBroken = "player-broken", Internal;
}

/// A fault as told to the host and, when it stops an episode, to the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable code.
    pub code: Code,
    /// Whether nothing can go on (the series, not one episode).
    pub fatal: bool,
    /// What is wrong and what would be right, in English, for developers.
    pub message: String,
    /// The id of the episode concerned.
    pub episode: Option<String>,
}

impl Fault {
    /// A fault that stops everything.
    #[must_use]
    pub fn fatal(code: Code, message: impl Into<String>) -> Self {
        Self { code, fatal: true, message: message.into(), episode: None }
    }

    /// A fault beside which the rest goes on.
    #[must_use]
    pub fn minor(code: Code, message: impl Into<String>) -> Self {
        Self { code, fatal: false, message: message.into(), episode: None }
    }

    /// The same fault, told of one episode.
    #[must_use]
    pub fn of(mut self, episode: &str) -> Self {
        self.episode = Some(episode.to_owned());
        self
    }

    /// The detail of the `error` event.
    #[must_use]
    pub fn detail(&self) -> Node {
        Node::map([
            ("type", self.code.kind().name().into()),
            ("code", self.code.name().into()),
            ("fatal", self.fatal.into()),
            ("message", self.message.as_str().into()),
            ("episode", self.episode.as_deref().into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_heading_in_the_docs() {
        let docs = include_str!("../../docs/errors.md");
        for code in Code::ALL {
            let heading = format!("### `{}`", code.name());
            assert!(docs.contains(&heading), "docs/errors.md has no heading {heading}");
        }
    }
}
