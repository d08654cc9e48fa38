//! What is not needed to start, play and swipe. The build puts it into a second wasm: every function directly in this
//! module is a door that the rest may call, and only when [`crate::lazy::ready`] says so.

mod back;
mod captions;
mod end;
mod panel;
mod share;
mod sheet;
mod shop;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cliffhanger_core::View;
use cliffhanger_core::shop::ShopEffect;
use cliffhanger_core::view::PaywallView;
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement};

use crate::shell::Shell;
use crate::stage::Stage;
use crate::tree::Tree;

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
    related: Cell<bool>,
    shop: RefCell<Option<shop::Drawn>>,
    /// The window in which the viewer pays.
    payment: RefCell<Option<JsValue>>,
}

/// Draws what has changed.
#[inline(never)]
pub(crate) fn draw(shell: &Rc<Shell>, stage: &Stage, view: &View<'_>) {
    panel::draw(shell, stage, view);
    // In a longer page Back belongs to the page, unless the viewer has opened something.
    let wall = view.paywall.is_some() && stage.is_full();
    back::follow(shell, u32::from(view.panel.is_some()) + u32::from(wall));
    captions::draw(shell, view);
    end::draw(shell, stage, view);
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

/// A click on a control of the menu, the drawer or the sheet: its letter, the control, and `Event.isTrusted`.
#[inline(never)]
pub(crate) fn chosen(letter: u8, control: &Element, trusted: bool) -> Option<cliffhanger_core::Action> {
    let at = control.get_attribute("data-at").unwrap_or_default();
    if letter == b'q' { shop::chosen(&at, trusted) } else { panel::chosen(letter, &at) }
}

/// Shares a link to an episode, or copies it.
#[inline(never)]
pub(crate) fn share(shell: &Rc<Shell>, title: &str, ordinal: u32) {
    share::share(shell, title, ordinal);
}
