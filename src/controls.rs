//! What lies over the feed: sound, play, position, steps.

use std::cell::Cell;
use std::rc::Rc;

use cliffhanger_core::surface::Cause;
use cliffhanger_core::view::View;
use cliffhanger_core::{Action, Event, Seconds, Step};
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement, HtmlInputElement};

use crate::dom::{Attr, Flag, Text, button, child, icon, icon_button, on, put};
use crate::money::clock;
use crate::shell::Shell;
use crate::strings::{EN, fill};

const PLAY: &str = "M8 5v14l11-7z";
const PAUSE: &str = "M6 5h4v14H6zm8 0h4v14h-4z";
const MUTED: &str = "M4 9v6h4l5 5V4L8 9zm17.6.8-1.4-1.4-2.2 2.2-2.2-2.2-1.4 1.4 2.2 2.2-2.2 2.2 1.4 1.4 2.2-2.2 2.2 2.2 1.4-1.4-2.2-2.2z";
const SOUND: &str = "M4 9v6h4l5 5V4L8 9zm12.5 3A4.5 4.5 0 0 0 14 8v8a4.5 4.5 0 0 0 2.5-4M14 3.2v2.1a7 7 0 0 1 0 13.4v2.1a9 9 0 0 0 0-17.6";
const LOCK: &str = "M17 9V7A5 5 0 0 0 7 7v2H5v12h14V9zM9 7a3 3 0 0 1 6 0v2H9z";
const UP: &str = "m12 8.6-6 6L7.4 16l4.6-4.6 4.6 4.6 1.4-1.4z";
const DOWN: &str = "M12 15.4 6 9.4 7.4 8l4.6 4.6L16.6 8 18 9.4z";

const SOUND_BUTTON: u8 = 0;
const PLAY_BUTTON: u8 = 1;
const BACK_BUTTON: u8 = 2;
const FORWARD_BUTTON: u8 = 3;
const UNLOCK_BUTTON: u8 = 4;

/// A button whose icon and name change together.
struct Toggle {
    path: Attr,
    label: Attr,
}

impl Toggle {
    fn new(button: &Element, path: Element) -> Self {
        Self { path: Attr::new(&path, "d"), label: Attr::new(button, "aria-label") }
    }

    fn set(&self, path: &str, label: &str) {
        self.path.set(Some(path));
        self.label.set(Some(label));
    }
}

/// The controls.
pub(crate) struct Controls {
    /// The big play control; it lies in the slide, so that a swipe may begin on it.
    pub(crate) big: HtmlElement,
    big_shown: Flag,
    /// Opens the sheet again after it was closed by hand; it lies in the slide too.
    pub(crate) unlock: HtmlElement,
    unlock_shown: Flag,
    prompt: Flag,
    sound: Toggle,
    toggle: Toggle,
    buffering: Flag,
    paused: Flag,
    back: Attr,
    forward: Attr,
    bar: HtmlInputElement,
    has_bar: Flag,
    scrubbing: Flag,
    max: Attr,
    now_text: Attr,
    time: Text,
    played: Cell<i32>,
    buffered: Cell<i32>,
}

impl Controls {
    /// Builds the controls over the feed.
    pub(crate) fn build(shell: &Rc<Shell>, root: &HtmlElement) -> Self {
        let me = Rc::downgrade(shell);
        let layer = child(root, "div", "controls", "controls");
        let pill = button(&layer, "pill");
        icon(&pill, MUTED);
        child(&pill, "span", "", "").set_text_content(Some(EN.tap_for_sound));
        let sound = button(&layer, "round mute");
        let sound_path = icon(&sound, SOUND);
        let spinner = child(&layer, "div", "spinner", "");
        put(&spinner, "role", "img");
        put(&spinner, "aria-label", EN.loading);
        let sign = child(&layer, "div", "sign", "");
        icon(&sign, PLAY);
        let steps = child(&layer, "div", "steps", "");
        let back = icon_button(&steps, "round", EN.previous, UP);
        let forward = icon_button(&steps, "round", EN.next, DOWN);
        let bottom = child(&layer, "div", "bottom", "");
        let toggle = button(&bottom, "toggle");
        let toggle_path = icon(&toggle, PLAY);
        let bar: HtmlInputElement = child(&bottom, "input", "bar", "progress").unchecked_into();
        for (name, value) in [("type", "range"), ("min", "0"), ("step", "any"), ("value", "0"), ("aria-label", EN.seek)] {
            put(&bar, name, value);
        }
        let time = child(&bottom, "output", "time", "time");
        put(&time, "aria-hidden", "true");
        let big = icon_button(root, "big", EN.play, PLAY);
        let unlock = button(root, "pill reopen");
        icon(&unlock, LOCK);
        child(&unlock, "span", "", "").set_text_content(Some(EN.unlock));
        shell.keep(vec![
            on(&me, &pill, "click", SOUND_BUTTON, on_button),
            on(&me, &sound, "click", SOUND_BUTTON, on_button),
            on(&me, &toggle, "click", PLAY_BUTTON, on_button),
            on(&me, &big, "click", PLAY_BUTTON, on_button),
            on(&me, &unlock, "click", UNLOCK_BUTTON, on_button),
            on(&me, &back, "click", BACK_BUTTON, on_button),
            on(&me, &forward, "click", FORWARD_BUTTON, on_button),
            on(&me, &bar, "input", 0, on_scrub),
            on(&me, &bar, "change", 0, on_scrubbed),
        ]);
        Self {
            big_shown: Flag::new(&big, "shown"),
            big,
            unlock_shown: Flag::new(&unlock, "shown"),
            unlock,
            prompt: Flag::new(root, "silent"),
            sound: Toggle::new(&sound, sound_path),
            toggle: Toggle::new(&toggle, toggle_path),
            buffering: Flag::new(root, "buffering"),
            paused: Flag::new(root, "paused"),
            back: Attr::new(&back, "disabled"),
            forward: Attr::new(&forward, "disabled"),
            has_bar: Flag::new(root, "timed"),
            scrubbing: Flag::new(root, "scrubbing"),
            max: Attr::new(&bar, "max"),
            now_text: Attr::new(&bar, "aria-valuetext"),
            time: Text::new(&time),
            played: Cell::new(-1),
            buffered: Cell::new(-1),
            bar,
        }
    }

    /// Draws what has changed.
    pub(crate) fn draw(&self, view: &View<'_>, sheet_closed: bool) {
        self.unlock_shown.set(sheet_closed);
        self.big_shown.set(view.play_prompt);
        self.prompt.set(view.sound_prompt);
        self.buffering.set(view.buffering);
        self.paused.set(view.paused_by_viewer && !view.buffering);
        self.back.set((!view.can_go_back).then_some(""));
        self.forward.set((!view.can_go_forward).then_some(""));
        if view.muted {
            self.sound.set(MUTED, EN.unmute);
        } else {
            self.sound.set(SOUND, EN.mute);
        }
        if view.wants_play && !view.play_prompt {
            self.toggle.set(PAUSE, EN.pause);
        } else {
            self.toggle.set(PLAY, EN.play);
        }
        self.has_bar.set(view.progress.is_some());
        let Some(progress) = view.progress else { return };
        let length = progress.duration.get();
        // `max` in whole thousandths: a number in a style or an attribute must not need float formatting.
        self.max.set(Some(&cliffhanger_core::text::whole((length * 1000.0) as u64)));
        self.fill(&self.buffered, "--buffered", progress.buffered_to.get(), length);
        if !self.scrubbing.get() {
            self.show(progress.time.get(), length);
            self.bar.set_value_as_number(progress.time.get() * 1000.0);
        }
    }

    fn show(&self, time: f64, length: f64) {
        self.fill(&self.played, "--played", time, length);
        let (now, end) = (clock(time), clock(length));
        self.time.set(&[&now, " / ", &end].concat());
        self.now_text.set(Some(&fill(EN.time_of, &[("time", &now), ("length", &end)])));
    }

    /// Sets a share of the bar, in whole thousandths so that most updates are no change.
    fn fill(&self, last: &Cell<i32>, name: &str, part: f64, length: f64) {
        let share = if length > 0.0 { (part / length * 1000.0).clamp(0.0, 1000.0) as i32 } else { 0 };
        if last.replace(share) != share {
            let _ = self.bar.style().set_property(name, &cliffhanger_core::text::whole(share as u64));
        }
    }
}

fn on_button(shell: &Rc<Shell>, _: &web_sys::Event, button: u8) {
    shell.by_hand.set(true);
    let step = |step| Action::Step { step, cause: Cause::Button };
    shell.send(Event::Viewer(match button {
        SOUND_BUTTON => Action::ToggleSound,
        PLAY_BUTTON => Action::TogglePlay,
        BACK_BUTTON => step(Step::Back),
        UNLOCK_BUTTON => Action::Tap,
        _ => step(Step::Forward),
    }));
}

fn on_scrub(shell: &Rc<Shell>, _: &web_sys::Event, _: u8) {
    let Some(stage) = shell.stage() else { return };
    let controls = &stage.controls;
    controls.scrubbing.set(true);
    let to = controls.bar.value_as_number() / 1000.0;
    let length = controls.bar.max().parse::<u32>().map_or(0.0, |max| f64::from(max) / 1000.0);
    controls.show(to, length);
    shell.send(Event::Viewer(Action::Scrub(Seconds::new(to))));
}

/// The thumb was let go. A drag gives the focus back to the feed, so that the arrow keys step again.
fn on_scrubbed(shell: &Rc<Shell>, _: &web_sys::Event, _: u8) {
    let Some(stage) = shell.stage() else { return };
    stage.controls.scrubbing.set(false);
    if !stage.controls.bar.matches(":focus-visible").unwrap_or(true) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = stage.viewport.focus_with_options(&options);
    }
    shell.redraw();
    shell.pump();
}
