//! The shadow tree, built once when there is something to show.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{HtmlElement, Node, ShadowRoot, ShadowRootInit, ShadowRootMode, Window};

use crate::cards::{EndCard, ErrorCard};
use crate::controls::Controls;
use crate::dom::{Attr, Flag, Text, child, put};
use crate::scroll;
use crate::sheet::Sheet;
use crate::shell::Shell;
use crate::slide::Slide;
use crate::style;

/// The share of the window's height from which a player counts as filling it.
const FULL: f64 = 0.9;

/// What is on the screen, and what was last drawn there.
pub(crate) struct Stage {
    pub(crate) shadow: ShadowRoot,
    pub(crate) root: HtmlElement,
    pub(crate) viewport: HtmlElement,
    pub(crate) slides: [Slide; 3],
    pub(crate) controls: Controls,
    pub(crate) sheet: Sheet,
    pub(crate) error: ErrorCard,
    pub(crate) end: EndCard,
    pub(crate) live: Text,
    pub(crate) label: Attr,
    pub(crate) bare: Flag,
    pub(crate) full: Flag,
    pub(crate) rtl: Flag,
    pub(crate) locked: Flag,
    /// For handlers that need to know it without asking the core.
    pub(crate) current: Cell<usize>,
    pub(crate) can_forward: Cell<bool>,
    pub(crate) can_back: Cell<bool>,
    pub(crate) states: [Cell<bool>; 5],
}

impl Stage {
    /// Builds the tree. From here on the page's own content shows only where it is slotted.
    pub(crate) fn build(shell: &Rc<Shell>) -> Option<Rc<Self>> {
        let shadow = match shell.host.shadow_root() {
            Some(shadow) => {
                clear(&shadow);
                shadow
            }
            None => shell.host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?,
        };
        style::apply(&shadow);
        let root = child(&shadow, "div", "player", "");
        let viewport = child(&root, "div", "viewport", "viewport");
        put(&viewport, "role", "feed");
        put(&viewport, "tabindex", "0");
        let [first, second, third] = &shell.videos;
        let slides = [Slide::build(&viewport, first), Slide::build(&viewport, second), Slide::build(&viewport, third)];
        let controls = Controls::build(shell, &root);
        let overlay = child(&root, "slot", "overlay", "");
        put(&overlay, "name", "overlay");
        let live = child(&root, "div", "hidden", "");
        put(&live, "aria-live", "polite");
        let stage = Rc::new(Self {
            sheet: Sheet::build(shell, &root),
            error: ErrorCard::build(shell, &root),
            end: EndCard::build(shell, &root),
            live: Text::new(&live),
            label: Attr::new(&viewport, "aria-label"),
            bare: Flag::new(&root, "bare"),
            full: Flag::new(&root, "full"),
            rtl: Flag::new(&root, "rtl"),
            locked: Flag::new(&root, "locked"),
            current: Cell::new(0),
            can_forward: Cell::new(false),
            can_back: Cell::new(false),
            states: Default::default(),
            shadow,
            root,
            viewport,
            slides,
            controls,
        });
        stage.measure(&shell.window);
        shell.stage.replace(Some(Rc::clone(&stage)));
        scroll::attach(shell, &stage);
        Some(stage)
    }

    /// Where what speaks of an episode lies: in its slide, or over the player when it has none.
    pub(crate) fn over(&self, index: usize) -> &HtmlElement {
        self.slides.iter().find(|slide| slide.index() == Some(index)).map_or(&self.root, |slide| &slide.article)
    }

    /// Notes whether the player fills the window.
    pub(crate) fn measure(&self, window: &Window) {
        let page = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
        self.full.set(page > 0.0 && f64::from(self.viewport.client_height()) >= page * FULL);
    }

    /// Whether the player fills the window.
    pub(crate) fn is_full(&self) -> bool {
        self.full.get()
    }
}

/// Removes every child.
pub(crate) fn clear(node: &Node) {
    while let Some(last) = node.last_child() {
        if node.remove_child(&last).is_err() {
            break;
        }
    }
}
