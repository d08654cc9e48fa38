//! `docs/errors.md`.

use cliffhanger_core::fault::{Code, Kind};

use super::words::prose;

const HEAD: &str = "\
<!-- Generated from core/src/fault.rs by `cargo xtask generate`: do not edit. -->

# Errors

Every `error` event of `<cliffhanger-player>` carries `{type, code, fatal, message, episode}`. `fatal` means that the series cannot go on;
otherwise one episode, or one detail, is concerned and the rest plays. `message` is for developers and in English: what is wrong and what
would be right. Viewers see their own words.
";

pub(super) fn page() -> String {
    let mut out = HEAD.to_owned();
    for kind in Kind::ALL {
        out.push_str(&format!("\n## type `{}`\n", kind.name()));
        for code in Code::ALL.iter().filter(|code| code.kind() == *kind) {
            out.push_str(&format!("\n### `{}`\n{}\n", code.name(), prose(code.about())));
        }
    }
    out
}
