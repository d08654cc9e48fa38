//! The element's attributes, read once and checked.

use crate::effect::Preload;
use crate::event::Target;
use crate::text::{cut, number, pieces};

/// What the attributes say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// `src`: where the manifest is; `None` when the page holds it.
    pub src: Option<String>,
    /// `free-episodes`: overrides the manifest's count in `open` and `host` access.
    pub free_episodes: Option<u32>,
    /// `gate`: base URL of the gate, overriding the manifest's. Resolved against the document by the shell.
    pub gate: Option<String>,
    /// `episode`: where to start.
    pub episode: Option<Target>,
    /// `autoplay`
    pub autoplay: bool,
    /// `muted`
    pub muted: bool,
    /// `loop`: repeat the episode instead of advancing.
    pub repeat: bool,
    /// `preload`: how far the next episode is prepared.
    pub preload: Preload,
    /// `deep-link`
    pub deep_link: bool,
    /// `no-auto-advance`
    pub no_auto_advance: bool,
    /// `no-resume`
    pub no_resume: bool,
    /// `no-keyboard`
    pub no_keyboard: bool,
    /// `no-ui`
    pub no_ui: bool,
    /// The address's fragment when `deep-link` is set, without `#`.
    pub fragment: Option<String>,
}

impl Config {
    /// Reads the attributes through `attribute`. Values that cannot be read fall back to their default,
    /// each with one warning that says what would be right.
    pub fn read(attribute: &dyn Fn(&str) -> Option<String>) -> (Self, Vec<String>) {
        let mut warnings = Vec::new();
        let flag = |name: &str| attribute(name).is_some();
        let free_episodes = attribute("free-episodes").and_then(|text| {
            let count = number(text.trim_ascii());
            if count.is_none() {
                warnings.push(["free-episodes=\"", &text, "\" is not a whole number from 0 on; the manifest's count is used"].concat());
            }
            count
        });
        let preload = match attribute("preload").as_deref() {
            None | Some("auto" | "") => Preload::Auto,
            Some("metadata") => Preload::Metadata,
            Some("none") => Preload::None,
            Some(other) => {
                warnings.push(["preload=\"", other, "\" is none of auto, metadata, none; auto is used"].concat());
                Preload::Auto
            }
        };
        let config = Self {
            src: attribute("src").filter(|text| !text.trim_ascii().is_empty()),
            free_episodes,
            gate: attribute("gate").filter(|text| !text.trim_ascii().is_empty()),
            episode: attribute("episode").and_then(|text| Target::parse(&text)),
            autoplay: flag("autoplay"),
            muted: flag("muted"),
            repeat: flag("loop"),
            preload,
            deep_link: flag("deep-link"),
            no_auto_advance: flag("no-auto-advance"),
            no_resume: flag("no-resume"),
            no_keyboard: flag("no-keyboard"),
            no_ui: flag("no-ui"),
            fragment: None,
        };
        (config, warnings)
    }
}

/// What `#e=7&t=12` asks for: an episode, and a position in seconds.
#[must_use]
pub fn parse_fragment(fragment: &str) -> Option<(Target, f64)> {
    let mut target = None;
    let mut seconds = 0.0;
    for pair in pieces(fragment.strip_prefix("#").unwrap_or(fragment), b'&') {
        match cut(pair, b'=') {
            Some(("e", value)) => target = Target::parse(value),
            Some(("t", value)) => seconds = number::<u32>(value).map_or(0.0, f64::from),
            _ => {}
        }
    }
    target.map(|target| (target, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Config, Vec<String>) {
        Config::read(&|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn attributes_are_read_and_bad_values_warn_once_and_fall_back() {
        let (config, warnings) = read(&[("free-episodes", "many"), ("preload", "everything"), ("autoplay", ""), ("episode", "7")]);
        assert_eq!(config.free_episodes, None);
        assert_eq!(config.preload, Preload::Auto);
        assert!(config.autoplay);
        assert_eq!(config.episode, Some(Target::Ordinal(7)));
        assert_eq!(warnings.len(), 2);
        assert!(warnings.iter().any(|w| w.contains("free-episodes=\"many\"")));
        for (text, expected) in [("0", Some(0)), ("999", Some(999)), ("-1", None), ("1.5", None)] {
            assert_eq!(read(&[("free-episodes", text)]).0.free_episodes, expected, "{text}");
        }
    }

    #[test]
    fn fragments_name_an_episode_and_a_second() {
        assert_eq!(parse_fragment("#e=7&t=12"), Some((Target::Ordinal(7), 12.0)));
        assert_eq!(parse_fragment("e=e007"), Some((Target::Id("e007".into()), 0.0)));
        assert_eq!(parse_fragment("t=12"), None);
        assert_eq!(parse_fragment("e=&t=x"), None);
        assert_eq!(parse_fragment("e=3&t=-5"), Some((Target::Ordinal(3), 0.0)));
    }
}
