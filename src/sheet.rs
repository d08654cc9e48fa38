//! The paywall sheet. It lies in the locked slide: a swipe that begins on it scrolls the feed, and swiping
//! back carries it away. What it offers is drawn by the second wasm, which is fetched with the first frame or when the sheet opens.

use cliffhanger_core::text::whole;
use cliffhanger_core::view::PaywallView;

use crate::shell::Shell;
use crate::stage::{self, Stage};
use crate::strings::{self, Word};
use crate::{later, lazy};

/// Draws what has changed; true when the sheet has just opened or closed.
pub(crate) fn draw(shell: &Shell, stage: &Stage, paywall: Option<&PaywallView<'_>>, can_go_back: bool) -> bool {
    let (tree, words) = (&stage.tree, &shell.words);
    if let Some(paywall) = paywall {
        tree.text(stage::TITLE, &words.fill(Word::Episode, &[("n", &whole(u64::from(paywall.episode.n)))]));
        let failed = shell.lazy.failed.get();
        let reason = match () {
            () if paywall.unreachable => Word::Unreachable,
            () if failed => Word::NotLoaded,
            () => strings::reason(paywall.reason),
        };
        tree.text(stage::REASON, words.get(reason));
        tree.flag(stage::RETRY, ".shown", paywall.unreachable || failed);
        tree.flag(stage::FREE, ".shown", can_go_back);
        if lazy::ready() {
            later::sheet(shell, stage, paywall);
        }
        stage.place(stage::SHEET, paywall.slide);
    }
    tree.flag(stage::SHEET, ".shown", paywall.is_some())
}
