//! What assistive technology hears: which episode is current, and when it is locked, how to go on and for how much.

use cliffhanger_core::View;
use cliffhanger_core::surface::Access;
use cliffhanger_core::text::whole;

use crate::shell::Shell;
use crate::stage::{LIVE, OFFERS, Stage, VIEWPORT};
use crate::strings::Word;

pub(super) fn draw(shell: &Shell, stage: &Stage, view: &View<'_>) {
    let words = &shell.words;
    stage.tree.set(VIEWPORT, "aria-label", Some(&words.fill(Word::Feed, &[("title", view.series_title)])));
    let Some(episode) = view.episode else { return };
    let locked = view.access == Access::Locked;
    let word = if locked { Word::AnnounceLocked } else { Word::Announce };
    let (n, count) = (whole(u64::from(episode.n)), whole(view.count as u64));
    let mut text = words.fill(word, &[("n", &n), ("count", &count), ("title", &episode.title)]);
    if locked && view.paywall.is_some() {
        // The first way to go on, as its control says it.
        let offer = stage.tree.node(OFFERS).query_selector("button").ok().flatten();
        for part in offer.iter().flat_map(|button| ["label", "price"].map(|class| (button, class))) {
            let (button, class) = part;
            if let Ok(Some(said)) = button.query_selector(&[".", class].concat()) {
                text.push(' ');
                text.push_str(&said.text_content().unwrap_or_default());
            }
        }
    }
    stage.tree.text(LIVE, &text);
}
