//! The shadow tree, built once when there is something to show.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cliffhanger_core::{Event, Instant};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node, ShadowRoot, ShadowRootInit};

use crate::dom::focus;
use crate::js::option;
use crate::shell::Shell;
use crate::slide::Slide;
use crate::tree::{Tree, rows};
use crate::{input, scroll, style};

/// The share of the window's height from which a player counts as filling it.
const FULL: f64 = 0.9;

rows! {
    /// Everything over the feed. What a swipe may begin on is moved into the slide it speaks of when it is shown.
    ROWS
    ROOT "0div .player",
    VIEWPORT "1div .viewport *viewport [role=feed [tabindex=0",
    CONTROLS "1div .controls *controls",
    PILL "2button .pill >s %m",
    PILL_TEXT "3span" TapForSound,
    MUTE "2button .round .mute >s %s",
    SPINNER "2div .spinner [role=img ~" Loading,
    SIGN "2div .sign %p",
    FAST "2div .badge",
    HEART "2div .heart %h",
    TOAST "2div .toast [role=status",
    STEPS "2div .steps",
    BACK "3button .round >u %u ~" Previous,
    FORWARD "3button .round >d %d ~" Next,
    BOTTOM "2div .bottom",
    TOGGLE "3button .toggle >p %p",
    BAR "3input .bar *progress [type=range [min=0 [step=any [value=0 ~" Seek,
    TIME "3output .time *time [aria-hidden=true",
    RAIL "1div .rail",
    LIKE "2button >h %h ~" Like,
    EPISODES "2button >e %e ~" Episodes,
    SHARE "2button >n %n ~" Share,
    MORE "2button >j %j ~" More,
    BIG "1button .big >p %p ~" Play,
    UNLOCK "1button .pill .reopen >o %l",
    UNLOCK_TEXT "2span" Unlock,
    OVERLAY "1slot .overlay [name=overlay",
    LIVE "1div .hidden [aria-live=polite",
    SHEET "1section .sheet *paywall [role=dialog [aria-labelledby=paywall [tabindex=-1",
    SCROLLS "2div .scrolls",
    PAYWALL_SLOT "3slot [name=paywall",
    TITLE "4h2 [id=paywall",
    REASON "4p",
    MESSAGE "4p .message [role=alert",
    OFFERS "4div .offers",
    REST "4p .rest",
    RETRY "4button .main .optional >r" Retry,
    FREE "4button .plain .optional >u" BackToFree,
    CLOSE "2button .close >x %x ~" Close,
    ERROR "1div .card *error [role=alert",
    ERROR_SLOT "2slot [name=error",
    ERROR_TITLE "3h2",
    ERROR_REASON "3p",
    ERROR_RETRY "3button .main .optional >r" Retry,
    ERROR_SKIP "3button .plain .optional >d" Next,
    END "1div .card *end",
    END_SLOT "2slot [name=end",
    END_TITLE "3h2",
    END_TEXT "3p" End,
    REPLAY "3button .main >a" Replay,
    RELATED "3div .related",
}

/// What is on the screen, and what was last drawn there.
pub(crate) struct Stage {
    pub(crate) shadow: ShadowRoot,
    pub(crate) tree: Tree,
    pub(crate) viewport: HtmlElement,
    pub(crate) slides: [Slide; 3],
    /// Of which opening of the sheet the offers stand there, and whether it shows none.
    pub(crate) offers: Cell<Option<(Instant, bool)>>,
    /// For handlers that need to know it without asking the core.
    pub(crate) current: Cell<usize>,
    /// Whose progress stands there.
    pub(crate) timed: Cell<usize>,
    pub(crate) can_forward: Cell<bool>,
    pub(crate) can_back: Cell<bool>,
    pub(crate) states: [Cell<bool>; 5],
    /// Something lies over the player.
    pub(crate) panel: Cell<bool>,
    /// Runs while a finger may come to rest on the video; then `held` swallows the click that follows.
    pub(crate) hold: RefCell<Option<Timeout>>,
    pub(crate) held: Cell<bool>,
    pub(crate) hearts: Cell<u32>,
    pub(crate) toast: RefCell<Option<Timeout>>,
}

impl Stage {
    /// Builds the tree. From here on the page's own content shows only where it is slotted.
    pub(crate) fn build(shell: &Rc<Shell>) -> Option<Rc<Self>> {
        let shadow = match shell.host.shadow_root() {
            Some(shadow) => {
                clear(&shadow);
                shadow
            }
            None => shell.host.attach_shadow(&option::<ShadowRootInit>("mode", "open")).ok()?,
        };
        style::apply(&shadow);
        let tree = Tree::grow(&shadow, ROWS, &shell.words);
        let viewport = tree.node(VIEWPORT);
        let [first, second, third] = &shell.videos;
        let slide = |video| Slide::build(&viewport, video, &shell.words);
        let stage = Rc::new(Self {
            slides: [slide(first), slide(second), slide(third)],
            offers: Cell::new(None),
            current: Cell::new(0),
            timed: Cell::new(0),
            can_forward: Cell::new(false),
            can_back: Cell::new(false),
            states: Default::default(),
            panel: Cell::new(false),
            hold: RefCell::default(),
            held: Cell::new(false),
            hearts: Cell::new(0),
            toast: RefCell::default(),
            shadow,
            tree,
            viewport,
        });
        stage.measure(shell);
        shell.stage.replace(Some(Rc::clone(&stage)));
        scroll::attach(shell, &stage);
        input::attach(shell, &stage);
        Some(stage)
    }

    /// Puts an element of the tree where what it speaks of lies: into the slide, or over the player without one.
    pub(crate) fn place(&self, key: u8, index: usize) {
        let over = self.slides.iter().find(|slide| slide.index() == Some(index)).map(Slide::article);
        let over = over.unwrap_or_else(|| self.tree.node(ROOT));
        let element = self.tree.node(key);
        if element.parent_element().as_ref() != Some(over.as_ref()) {
            let focused = element.query_selector(":focus").ok().flatten();
            let _ = over.append_child(&element);
            // What moves loses the focus.
            if let Some(focused) = focused {
                focus(focused.unchecked_ref());
            }
        }
    }

    /// Notes how high the player is, and whether it fills the window. Already as it is built: what is fetched first depends on it.
    pub(crate) fn measure(&self, shell: &Shell) {
        let height = measure(shell, self.viewport.client_height());
        let page = shell.window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
        self.tree.flag(ROOT, ".full", page > 0.0 && height >= page * FULL);
    }

    /// Whether the player fills the window.
    pub(crate) fn is_full(&self) -> bool {
        self.tree.has(ROOT, ".full")
    }
}

/// Notes how many pixels high the player is, and answers with its height in CSS pixels.
pub(crate) fn measure(shell: &Shell, height: i32) -> f64 {
    let height = f64::from(height);
    shell.queue(Event::Pixels((height * shell.window.device_pixel_ratio()) as u32));
    height
}

/// Removes every child.
pub(crate) fn clear(node: &Node) {
    while let Some(last) = node.last_child() {
        if node.remove_child(&last).is_err() {
            break;
        }
    }
}
