//! Everything that can go wrong, by code. Each code has a heading in `docs/errors.md`.

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
    ($($(#[$doc:meta])* $name:ident = $text:literal, $kind:ident;)*) => {
        /// A stable error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)* }

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
        }
    };
}

codes! {
    /// The manifest could not be fetched: no connection, a refused connection, or no answer in time.
    ManifestUnreachable = "manifest-unreachable", Network;
    /// The manifest's server answered with an error status.
    ManifestStatus = "manifest-status", Network;
    /// The manifest is not JSON.
    ManifestNotJson = "manifest-not-json", Manifest;
    /// `cliffhanger` is missing or names a version this player does not read.
    ManifestVersion = "manifest-version", Manifest;
    /// A member is missing or has the wrong type or range.
    ManifestShape = "manifest-shape", Manifest;
    /// `episodes` is empty.
    ManifestNoEpisodes = "manifest-no-episodes", Manifest;
    /// More than 10,000 episodes in one document.
    ManifestTooManyEpisodes = "manifest-too-many-episodes", Manifest;
    /// Two episodes have the same id; the later one is left out.
    ManifestDuplicateId = "manifest-duplicate-id", Manifest;
    /// A URL is of a kind that is not allowed; what it belongs to is left out.
    ManifestBadUrl = "manifest-bad-url", Manifest;
    /// The document is nested deeper than any manifest needs.
    ManifestTooDeep = "manifest-too-deep", Manifest;
    /// The media file does not exist (404, 410).
    MediaNotFound = "media-not-found", Network;
    /// The server refused the media file (401, 403).
    MediaForbidden = "media-forbidden", Network;
    /// The server failed (5xx) or answered with another error status.
    MediaServer = "media-server", Network;
    /// The media file could not be reached.
    MediaUnreachable = "media-unreachable", Network;
    /// Media stopped arriving and did not come back.
    MediaTimeout = "media-timeout", Network;
    /// The browser cannot play what the file holds, or it is not a video.
    MediaUnsupported = "media-unsupported", Media;
    /// The video broke off while decoding.
    MediaDecode = "media-decode", Media;
    /// The episode has no rendition this browser could try.
    MediaNoRendition = "media-no-rendition", Media;
    /// The gate did not answer, or not with an answer.
    GateUnreachable = "gate-unreachable", Access;
    /// A grant is not of the documented shape.
    GrantInvalid = "grant-invalid", Access;
    /// Nothing answered an unlock request.
    UnlockUnanswered = "unlock-unanswered", Access;
    /// The wasm part could not be loaded or started.
    WasmUnavailable = "wasm-unavailable", Internal;
    /// The player stopped working; reload the page.
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
