//! What happened, in lines: for scenario tests, and to read a session that failed.

use cliffhanger_core::effect::Errand;
use cliffhanger_core::*;

use crate::browser::Browser;

/// Lines that are kept.
#[derive(Debug, Default)]
pub(crate) struct Log {
    lines: Vec<String>,
    pub(crate) style: Style,
}

/// What is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// The effects that a scenario test compares.
    #[default]
    Effects,
    /// Every event and every effect, with the time.
    All,
    /// Nothing.
    Quiet,
}

impl Browser {
    pub(crate) fn note_event(&mut self, event: &Event) {
        if self.log.style == Style::All {
            let line = match event {
                Event::Fetched { fetch, part: Part::Bytes(bytes) } => format!("Fetched {} bytes of {fetch:?}", bytes.len()),
                Event::Manifest { base, body, .. } => format!("Manifest {base} {}", if body.is_ok() { "read" } else { "failed" }),
                other => short(&format!("{other:?}")),
            };
            self.log.lines.push(format!("{:>8} {line}", self.now));
        }
    }

    pub(crate) fn note(&mut self, effect: &Effect) {
        match self.log.style {
            Style::Quiet => {}
            Style::Effects => self.log.lines.extend(line(effect)),
            Style::All => {
                let line = match (line(effect), effect) {
                    (_, Effect::Append { slot, bytes }) => format!("append {} {} bytes", slot.0, bytes.concat().len()),
                    (Some(line), _) => line,
                    (None, other) => short(&format!("{other:?}")),
                };
                self.log.lines.push(format!("           -> {line}"));
            }
        }
    }

    /// What happened since the last call.
    pub fn story(&mut self) -> String {
        let lines = std::mem::take(&mut self.log.lines);
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn short(text: &str) -> String {
    if text.chars().count() > 200 { text.chars().take(200).chain("...".chars()).collect() } else { text.to_owned() }
}

/// The line of an effect that scenario tests compare.
fn line(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Load { slot, url, .. } => format!("load {} {}", slot.0, url.rsplit('/').next().unwrap()),
        Effect::Feed { slot, opened: true, .. } => format!("go on {}", slot.0),
        Effect::Feed { slot, .. } => format!("feed {}", slot.0),
        Effect::Evict { slot, until } => format!("evict {} {}", slot.0, until.get()),
        Effect::EndOfStream { slot } => format!("end of stream {}", slot.0),
        Effect::Debug(text) => format!("debug: {text}"),
        Effect::Unload { slot } => format!("unload {}", slot.0),
        Effect::Play { slot } => format!("play {}", slot.0),
        Effect::Pause { slot } => format!("pause {}", slot.0),
        Effect::Mute { slot, muted } => format!("{} {}", if *muted { "mute" } else { "unmute" }, slot.0),
        Effect::Seek { slot, to } => format!("seek {} {}", slot.0, to.get()),
        Effect::Scroll { slide, smooth } => format!("scroll {}{}", slide + 1, if *smooth { " smooth" } else { "" }),
        Effect::Notify { name, detail, .. } => {
            let text = |key: &str| match detail.get(key) {
                Some(Node::Text(text)) => format!(" {text}"),
                Some(Node::Number(n)) => format!(" {n}"),
                Some(map @ Node::Map(_)) => format!(" {}", map.get("id").and_then(Node::as_text).unwrap()),
                _ => String::new(),
            };
            let keys = ["episode", "cause", "reason", "outcome", "access", "code", "quartile"];
            format!("{}!{}", name.name(), keys.map(text).concat())
        }
        Effect::RequestUnlock { .. } => "unlockrequest!".into(),
        Effect::AskGate { body, .. } => format!("ask gate {}", body.get("episode").and_then(Node::as_text).unwrap()),
        Effect::Adopt { slot, .. } => format!("adopt {}", slot.0),
        Effect::DropAdopted => "drop adopted".into(),
        Effect::Warn(text) => format!("warn: {text}"),
        Effect::Bless => "bless".into(),
        Effect::Probe { .. } => "probe".into(),
        Effect::Address { ordinal, seconds } => format!("address #e={ordinal}&t={seconds}"),
        Effect::Resolve { outcome, .. } => format!("resolve {outcome:?}"),
        Effect::Teardown => "teardown".into(),
        Effect::Errand(Errand::Storyboard { url }) => format!("storyboard {}", url.rsplit('/').next().unwrap()),
        Effect::Errand(Errand::Show { screen, slot, on }) => format!("show {screen:?} {} {on}", slot.0),
        Effect::Errand(Errand::Refused(screen)) => format!("refused {screen:?}"),
        _ => return None,
    })
}
