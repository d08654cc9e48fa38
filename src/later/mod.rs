//! What is not needed to start, play and swipe. The build puts it into a second wasm: every function directly in this
//! module is a door that the rest may call, and only when [`crate::lazy::ready`] says so.

mod announce;
mod back;
mod captions;
mod cue;
mod end;
mod keys;
mod notes;
mod panel;
mod plural;
mod screen;
mod scrub;
mod session;
mod share;
mod sheet;
mod shop;
mod touch;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cliffhanger_core::effect::Errand;
use cliffhanger_core::event::News;
use cliffhanger_core::shop::ShopEffect;
use cliffhanger_core::view::PaywallView;
use cliffhanger_core::{Action, Event, Instant, View};
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement};

use crate::dom::settle;
use crate::js::{call, get};
use crate::shell::Shell;
use crate::stage::{ROOT, Stage};
use crate::tree::Tree;
use crate::{storage, style};
use cliffhanger_core::text::cut;

/// What it remembers for one player.
#[derive(Default)]
pub(crate) struct Later {
    panel: RefCell<Option<Rc<Tree>>>,
    /// What the panel's content was last made from.
    drawn: RefCell<String>,
    /// Who had the focus before the panel opened.
    before: RefCell<Option<HtmlElement>>,
    /// Where a finger took hold of the panel.
    grip: Cell<Option<i32>>,
    /// History entries made so that Back closes sheets.
    entries: Cell<u32>,
    listens: Cell<bool>,
    /// The address when entries were given back, until the browser has gone there.
    given_back: RefCell<Option<String>>,
    track: RefCell<Option<Element>>,
    captions: RefCell<String>,
    /// For which size of the player captions were placed.
    size: Cell<(i32, i32)>,
    /// The captions of the page's own video have their look.
    outside: Cell<bool>,
    related: Cell<bool>,
    shop: RefCell<Option<shop::Drawn>>,
    /// The window in which the viewer pays.
    payment: RefCell<Option<JsValue>>,
    cue: cue::Shown,
    scrub: scrub::Scrub,
    session: session::Session,
    note: notes::Note,
    /// The age stands there.
    aged: Cell<bool>,
    /// A finger is on the position bar.
    scrubs: Cell<bool>,
    /// When it was last told that somebody stirred.
    stirred: Cell<Instant>,
    /// This player has what the second wasm brought beside its functions.
    complete: Cell<bool>,
}

thread_local! {
    /// English words and a style sheet.
    static BROUGHT: Cell<[&'static str; 2]> = const { Cell::new(["", ""]) };
}

/// The second wasm is there; this is what its file holds beside it.
#[inline(never)]
pub(crate) fn arrived(brought: &JsValue) {
    let text: &'static str = brought.as_string().unwrap_or_default().leak();
    // The style sheet is one line.
    let (css, words) = cut(text, b'\n').unwrap_or_default();
    BROUGHT.set([words, css]);
}

/// The page's language has come.
#[inline(never)]
pub(crate) fn spoken(shell: &Shell) {
    if let Some(panel) = shell.later.panel.borrow().as_ref() {
        panel.say(&shell.words);
    }
    if let Some(shop) = shell.later.shop.borrow().as_ref() {
        shop.say(&shell.words);
    }
    shell.later.drawn.take();
    shell.words.zero.set(plural::zero(shell.words.language.borrow().as_deref()));
}

/// The form of a sentence that fits a count.
#[inline(never)]
pub(crate) fn form(text: &'static str, pairs: &[(&str, &str)], language: &Option<String>) -> &'static str {
    plural::form(text, pairs, language.as_deref())
}

/// A number in the digits of a language. None has others than English before this has been asked which.
#[inline(never)]
pub(crate) fn digits(number: &str, zero: char) -> String {
    plural::digits(number, zero)
}

/// Draws what has changed.
#[inline(never)]
pub(crate) fn draw(shell: &Rc<Shell>, stage: &Stage, view: &View<'_>) {
    if !shell.later.complete.replace(true) {
        complete(shell, stage);
    }
    let core = shell.core.borrow();
    let extra = cliffhanger_core::later::view(&core);
    panel::draw(shell, stage, view, &extra);
    // In a longer page Back belongs to the page, unless the viewer has opened something.
    let wall = view.paywall.is_some() && stage.is_full();
    back::follow(shell, u32::from(view.panel.is_some()) + u32::from(wall));
    captions::draw(shell, stage, view);
    end::draw(shell, stage, view);
    cue::draw(shell, stage, view, &extra);
    scrub::draw(shell, stage, view, &extra);
    notes::draw(shell, stage, view, &extra);
    session::draw(shell, view, &extra);
    announce::draw(shell, stage, view);
}

fn complete(shell: &Rc<Shell>, stage: &Stage) {
    let [words, css] = BROUGHT.get();
    shell.words.later.set(words);
    style::add(&stage.shadow, css);
    // Asked only now: the answer takes a layout, and the first frame would wait for it.
    stage.tree.flag(ROOT, ".rtl", keys::right_to_left(shell));
    spoken(shell);
    // What was said without forms and digits is said again.
    stage.offers.take();
    notes::attach(shell, stage);
    touch::attach(shell, stage);
    let news = screen::attach(shell, stage);
    shell.queue(Event::News(news));
    if let Some(event) = shell.lazy.key.take() {
        keys::pressed(shell, &event);
    }
    shell.redraw();
}

/// What the paywall sheet offers.
#[inline(never)]
pub(crate) fn sheet(shell: &Shell, stage: &Stage, paywall: &PaywallView<'_>) {
    sheet::draw(shell, stage, paywall);
}

/// Does what buying takes.
#[inline(never)]
pub(crate) fn buy(shell: &Rc<Shell>, effect: ShopEffect) {
    shop::perform(shell, effect);
}

/// A click on a control of the menu, the drawer, the sheet or a note: its letter, the control, and `Event.isTrusted`.
#[inline(never)]
pub(crate) fn chosen(shell: &Rc<Shell>, letter: u8, control: &Element, trusted: bool) -> Option<Action> {
    let at = control.get_attribute("data-at").unwrap_or_default();
    match letter {
        b'q' => shop::chosen(&at, trusted),
        b'w' => Some(Action::HideCue),
        b'v' => Some(Action::StartOver),
        _ => panel::chosen(shell, letter, &at),
    }
}

/// A key was pressed.
#[inline(never)]
pub(crate) fn key(shell: &Rc<Shell>, event: &web_sys::Event) {
    keys::pressed(shell, event);
}

/// Does what the core asks.
#[inline(never)]
pub(crate) fn perform(shell: &Rc<Shell>, errand: Errand) {
    match errand {
        Errand::RecallMarks { series } => {
            let marks = storage::recall(&shell.window, &[&series, "#seen"].concat());
            shell.send(Event::News(News::Marks(marks)));
        }
        Errand::Storyboard { url } => storyboard(shell, url),
        Errand::Show { screen, slot, on } => screen::show(shell, screen, slot, on),
        Errand::Refused(screen) => screen::refuse(shell, screen),
    }
}

fn storyboard(shell: &Rc<Shell>, url: String) {
    let address = JsValue::from_str(&url);
    let me = Rc::downgrade(shell);
    let tell = move |text: Option<String>| {
        if let Some(shell) = me.upgrade() {
            shell.send(Event::News(News::Storyboard { url, text }));
        }
    };
    settle(
        &call(&shell.window, "fetch", &address),
        Box::new(move |result| {
            let answer = result.unwrap_or(JsValue::UNDEFINED);
            if get(&answer, "ok").is_truthy() {
                settle(
                    &call(&answer, "text", &JsValue::UNDEFINED),
                    Box::new(move |result| tell(result.ok().and_then(|text| text.as_string()))),
                );
            } else {
                tell(None);
            }
        }),
    );
}

/// Shares a link to an episode, or copies it.
#[inline(never)]
pub(crate) fn share(shell: &Rc<Shell>, title: &str, ordinal: u32) {
    share::share(shell, title, ordinal);
}
