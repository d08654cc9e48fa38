//! The feed's scrolling: the browser moves (scroll snap), this only tells the core where it has got to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cliffhanger_core::{Action, Event, Instant, Millis};
use gloo::timers::callback::Timeout;
use wasm_bindgen::prelude::*;
use web_sys::{ResizeObserver, ScrollToOptions, TouchEvent};

use crate::dom::on;
use crate::env;
use crate::js::{self, option};
use crate::shell::Shell;
use crate::stage::Stage;

/// Scrolling has come to rest when nothing has been heard for this long, in milliseconds. Browsers with
/// `scrollend` say so earlier.
const QUIET: u32 = 120;
/// The same before the first sign of a scroll that was asked for.
const PATIENCE: u32 = 400;
/// Between two slides the browser is about to snap: wait that many times more before believing it.
const EXTRA_WAITS: u8 = 5;

/// The share of a slide, as one part in so many, from which it counts as uncovered.
const PEEK: i32 = 10;

/// What watches the player's size, and what it calls.
type Sizes = (ResizeObserver, Closure<dyn FnMut()>);

/// Where scrolling stands.
#[derive(Default)]
pub(crate) struct Scroll {
    /// Fingers on the glass.
    fingers: Cell<u32>,
    /// The viewer scrolls, or what the viewer's scroll set in motion still runs.
    moving: Cell<bool>,
    /// A slide was reported before scrolling came to rest.
    reported: Cell<bool>,
    /// The slide a scroll of our own goes to.
    own: Cell<Option<usize>>,
    /// A scroll that is yet to be made: after drawing, and never against the viewer's own.
    wanted: Cell<Option<(usize, bool)>>,
    /// The slide of which more than a tenth shows beside the current one.
    peeked: Cell<Option<usize>>,
    last_top: Cell<i32>,
    waits: Cell<u8>,
    /// When scrolling counts as over, and what looks at it then.
    due: Cell<Instant>,
    quiet: RefCell<Option<Timeout>>,
    sizes: RefCell<Option<Sizes>>,
}

impl Scroll {
    /// Asks for a scroll, once what the core decided has been drawn.
    pub(crate) fn ask(&self, slide: usize, smooth: bool) {
        self.wanted.set(Some((slide, smooth)));
    }

    /// A scroll of our own is on its way.
    pub(crate) fn is_own(&self) -> bool {
        self.own.get().is_some()
    }

    /// The viewer scrolls.
    pub(crate) fn is_moving(&self) -> bool {
        self.moving.get()
    }

    /// Makes the scroll that was asked for, unless the viewer is scrolling: that would break the snapping.
    pub(crate) fn follow(&self, shell: &Shell) {
        if self.fingers.get() > 0 || self.moving.get() {
            return;
        }
        let Some(stage) = shell.stage() else { return };
        let Some((slide, smooth)) = self.wanted.take() else { return };
        let height = stage.viewport.client_height();
        let top = position(slide, height);
        self.waits.set(0);
        if height == 0 || stage.viewport.scroll_top() == top {
            self.own.set(None);
            return shell.send(Event::Viewer(Action::Arrived));
        }
        self.own.set(Some(slide));
        // Only to the slide beside this one is there anything to see on the way.
        let near = (stage.viewport.scroll_top() - top).abs() <= height + height / 2;
        let smooth = smooth && near && !env::reduced_motion(shell);
        jump(&stage, top, smooth);
        self.wait(shell, if smooth { PATIENCE } else { QUIET });
    }

    /// Back in a document, the browser has forgotten how far it had scrolled.
    pub(crate) fn restore(&self, shell: &Shell) {
        let Some(stage) = shell.stage() else { return };
        let height = stage.viewport.client_height();
        self.fingers.set(0);
        self.moving.set(false);
        self.reported.set(false);
        if height > 0 && self.wanted.get().is_none() {
            self.own.set(Some(stage.current.get()));
            jump(&stage, position(stage.current.get(), height), false);
            self.wait(shell, QUIET);
        }
    }

    /// Believes in rest when nothing has been heard for `time` from now on. One timer serves many scroll events: it
    /// goes off early, and waits for the rest.
    fn wait(&self, shell: &Shell, time: u32) {
        let due = env::now(shell) + Millis(u64::from(time));
        let sooner = due < self.due.replace(due);
        if sooner || self.quiet.borrow().is_none() {
            self.arm(shell, time);
        }
    }

    fn arm(&self, shell: &Shell, time: u32) {
        let me = shell.weak();
        self.quiet.replace(Some(Timeout::new(time, move || {
            let Some(shell) = me.upgrade() else { return };
            let scroll = &shell.scroll;
            scroll.quiet.take();
            match scroll.due.get().since(env::now(&shell)).0 {
                0 => at_rest(&shell, false),
                left => scroll.arm(&shell, left as u32),
            }
        })));
    }

    /// Lets go of timers and observers.
    pub(crate) fn stop(&self) {
        self.quiet.take();
        if let Some((observer, _)) = self.sizes.take() {
            observer.disconnect();
        }
    }
}

/// Starts to listen to the feed.
pub(crate) fn attach(shell: &Rc<Shell>, stage: &Stage) {
    let viewport = &stage.viewport;
    let me = Rc::downgrade(shell);
    shell.keep(vec![
        on(&me, viewport, "scroll", 0, |shell, _, _| scrolled(shell)),
        on(&me, viewport, "scrollend", 0, |shell, _, _| at_rest(shell, true)),
        on(&me, viewport, "touchstart", 0, on_touch),
        on(&me, viewport, "touchend", 0, on_touch),
        on(&me, viewport, "touchcancel", 0, on_touch),
    ]);
    let resized: Closure<dyn FnMut()> = Closure::new(move || {
        if let Some(shell) = me.upgrade() {
            align(&shell);
        }
    });
    if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
        observer.observe(viewport);
        shell.scroll.sizes.replace(Some((observer, resized)));
    }
}

/// After a change of size the current slide fills the player again.
fn align(shell: &Rc<Shell>) {
    let Some(stage) = shell.stage() else { return };
    stage.measure(shell);
    shell.pump();
    let scroll = &shell.scroll;
    if scroll.fingers.get() > 0 || scroll.moving.get() {
        return;
    }
    let slide = scroll.own.get().unwrap_or(stage.current.get());
    let top = position(slide, stage.viewport.client_height());
    if stage.viewport.scroll_top() != top {
        jump(&stage, top, false);
    }
}

fn on_touch(shell: &Rc<Shell>, event: &web_sys::Event, _: u8) {
    let scroll = &shell.scroll;
    let Some(touch) = event.dyn_ref::<TouchEvent>() else { return };
    scroll.fingers.set(touch.touches().length());
    shell.by_hand.set(false);
    if event.type_() == "touchstart" {
        if scroll.reported.take()
            && let Some(stage) = shell.stage()
        {
            // The finger has stopped the fling before it came to rest; the next one starts from here.
            shell.send(Event::Viewer(Action::Scrolled { slide: stage.current.get(), settled: true }));
        }
        // From here on the scroll is the viewer's.
        if scroll.own.take().is_some() {
            scroll.moving.set(true);
        }
    } else if scroll.fingers.get() == 0 {
        scroll.wait(shell, QUIET);
    }
}

/// While a finger is down nothing is decided. Afterwards, or without a finger, a slide is decided as soon as
/// it covers half of the player and is still coming.
fn scrolled(shell: &Rc<Shell>) {
    let Some(stage) = shell.stage() else { return };
    let scroll = &shell.scroll;
    if stage.viewport.client_height() == 0 {
        return;
    }
    let top = stage.viewport.scroll_top();
    let step = top - scroll.last_top.replace(top);
    scroll.waits.set(0);
    scroll.wait(shell, QUIET);
    if scroll.own.get().is_some() {
        return;
    }
    scroll.moving.set(true);
    // Past the half-way crossing the fling decides; what it leaves behind is not started again.
    if !scroll.reported.get() {
        peek(shell, &stage, top);
    }
    if scroll.fingers.get() > 0 {
        return;
    }
    let (nearest, current) = (nearest(&stage), stage.current.get());
    if nearest > current && step > 0 || nearest < current && step < 0 {
        scroll.reported.set(true);
        shell.send(Event::Viewer(Action::Scrolled { slide: nearest, settled: false }));
    }
}

/// Tells which slide beside the current one is more than a tenth uncovered, when that changes.
fn peek(shell: &Shell, stage: &Stage, top: i32) {
    let (current, height) = (stage.current.get(), stage.viewport.client_height());
    let off = top - position(current, height);
    let beside = if off > 0 { current.checked_add(1) } else { current.checked_sub(1) };
    let peeked = beside.filter(|_| off.abs() > height / PEEK);
    if shell.scroll.peeked.replace(peeked) != peeked {
        shell.send(Event::Viewer(Action::Peeked(peeked)));
    }
}

/// Scrolling is over. `sure` when the browser says so.
fn at_rest(shell: &Rc<Shell>, sure: bool) {
    let Some(stage) = shell.stage() else { return };
    let scroll = &shell.scroll;
    let height = stage.viewport.client_height();
    // Not on the screen: where it was scrolled to means nothing.
    if scroll.fingers.get() > 0 || height == 0 {
        return;
    }
    let nearest = nearest(&stage);
    let snapped = (stage.viewport.scroll_top() - position(nearest, height)).abs() <= 2;
    if !snapped && !sure && scroll.waits.get() < EXTRA_WAITS {
        scroll.waits.set(scroll.waits.get() + 1);
        return scroll.wait(shell, QUIET);
    }
    scroll.quiet.take();
    scroll.moving.set(false);
    if scroll.peeked.take().is_some() {
        shell.queue(Event::Viewer(Action::Peeked(None)));
    }
    let reported = scroll.reported.take();
    match scroll.own.take() {
        Some(target) if target == nearest => shell.queue(Event::Viewer(Action::Arrived)),
        Some(target) => {
            // Something held the scroll up, and it was not the viewer: finish it at once.
            jump(&stage, position(target, height), false);
            let slide = self::nearest(&stage);
            let arrived = slide == target;
            shell.queue(Event::Viewer(if arrived { Action::Arrived } else { Action::Scrolled { slide, settled: true } }));
        }
        None if reported || nearest != stage.current.get() => {
            shell.queue(Event::Viewer(Action::Scrolled { slide: nearest, settled: true }));
        }
        None => {}
    }
    shell.pump();
}

fn nearest(stage: &Stage) -> usize {
    let height = stage.viewport.client_height().max(1);
    let top = stage.viewport.scroll_top().max(0);
    ((top + height / 2) / height) as usize
}

fn position(slide: usize, height: i32) -> i32 {
    i32::try_from(slide).unwrap_or(0).saturating_mul(height)
}

fn jump(stage: &Stage, top: i32, smooth: bool) {
    let options: ScrollToOptions = option("top", f64::from(top));
    js::put(&options, "behavior", &JsValue::from_str(if smooth { "smooth" } else { "instant" }));
    stage.viewport.scroll_to_with_scroll_to_options(&options);
}
