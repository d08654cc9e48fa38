//! The error card and the end screen. Each lies in the slide it speaks of, so that a swipe carries it away.

use std::rc::Rc;

use cliffhanger_core::surface::Cause;
use cliffhanger_core::view::{ErrorView, View};
use cliffhanger_core::{Action, Event, Step};
use web_sys::HtmlElement;

use crate::dom::{Flag, Text, child, on, put, text_button};
use crate::shell::Shell;
use crate::strings::EN;

const RETRY: u8 = 0;
const SKIP: u8 = 1;
const REPLAY: u8 = 2;

fn card(root: &HtmlElement, part: &str) -> (HtmlElement, HtmlElement) {
    let card = child(root, "div", "card", part);
    let slot = child(&card, "slot", "", "");
    put(&slot, "name", part);
    (card, slot)
}

/// Why an episode, or the series, does not play.
pub(crate) struct ErrorCard {
    pub(crate) card: HtmlElement,
    shown: Flag,
    title: Text,
    reason: Text,
    retry: Flag,
    skip: Flag,
}

impl ErrorCard {
    /// A card that is not shown.
    pub(crate) fn build(shell: &Rc<Shell>, root: &HtmlElement) -> Self {
        let (card, slot) = card(root, "error");
        put(&card, "role", "alert");
        let title = child(&slot, "h2", "", "");
        let reason = child(&slot, "p", "", "");
        let retry = text_button(&slot, "main optional", EN.retry);
        let skip = text_button(&slot, "plain optional", EN.skip);
        let me = Rc::downgrade(shell);
        shell.keep(vec![on(&me, &retry, "click", RETRY, on_button), on(&me, &skip, "click", SKIP, on_button)]);
        Self {
            shown: Flag::new(&card, "shown"),
            title: Text::new(&title),
            reason: Text::new(&reason),
            retry: Flag::new(&retry, "shown"),
            skip: Flag::new(&skip, "shown"),
            card,
        }
    }

    /// Draws what has changed.
    pub(crate) fn draw(&self, error: Option<ErrorView<'_>>, series_failed: bool) {
        if let Some(error) = error {
            self.title.set(if series_failed { EN.failed_series } else { EN.failed });
            self.reason.set(EN.fault(error.code));
            self.retry.set(error.can_retry);
            self.skip.set(error.can_skip);
        }
        self.shown.set(error.is_some());
    }
}

/// The end of the series.
pub(crate) struct EndCard {
    pub(crate) card: HtmlElement,
    shown: Flag,
    title: Text,
}

impl EndCard {
    /// A card that is not shown.
    pub(crate) fn build(shell: &Rc<Shell>, root: &HtmlElement) -> Self {
        let (card, slot) = card(root, "end");
        let title = child(&slot, "h2", "", "");
        child(&slot, "p", "", "").set_text_content(Some(EN.end));
        let replay = text_button(&slot, "main", EN.replay);
        shell.keep(vec![on(&Rc::downgrade(shell), &replay, "click", REPLAY, on_button)]);
        Self { shown: Flag::new(&card, "shown"), title: Text::new(&title), card }
    }

    /// Draws what has changed.
    pub(crate) fn draw(&self, view: &View<'_>) {
        self.title.set(view.series_title);
        self.shown.set(view.ended);
    }
}

fn on_button(shell: &Rc<Shell>, _: &web_sys::Event, button: u8) {
    shell.by_hand.set(true);
    shell.send(Event::Viewer(match button {
        RETRY => Action::Retry,
        SKIP => Action::Step { step: Step::Forward, cause: Cause::Button },
        _ => Action::Replay,
    }));
}
