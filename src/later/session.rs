//! What the system shows and asks while something plays: title and picture on the lock screen, its buttons, and a screen that stays on.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cliffhanger_core::later::Extra;
use cliffhanger_core::surface::Cause;
use cliffhanger_core::{Action, Event, Key, Request, Seconds, Step, View};
use wasm_bindgen::prelude::*;

use crate::dom::settle;
use crate::js::{call, call_two, construct, get, option, put};
use crate::shell::Shell;

/// The buttons a system may have.
const BUTTONS: [&str; 7] = ["play", "pause", "nexttrack", "previoustrack", "seekto", "seekbackward", "seekforward"];

thread_local! {
    /// The player that speaks to the system: the one that played last.
    static OWNER: Cell<*const Shell> = const { Cell::new(core::ptr::null()) };
}

/// What one player has told.
#[derive(Default)]
pub(super) struct Session {
    told: RefCell<String>,
    second: Cell<u32>,
    playing: Cell<Option<bool>>,
    awake: Cell<bool>,
    lock: RefCell<Option<JsValue>>,
}

pub(super) fn draw(shell: &Rc<Shell>, view: &View<'_>, extra: &Extra<'_>) {
    stay_awake(shell, extra.awake);
    // The system can wait until scrolling has come to rest.
    if shell.scroll.is_moving() {
        return;
    }
    let session = get(&shell.window.navigator(), "mediaSession");
    if !session.is_object() {
        return;
    }
    let mine = &shell.later.session;
    let me: *const Shell = Rc::as_ptr(shell);
    if extra.awake && OWNER.replace(me) != me {
        mine.told.take();
        mine.playing.take();
        for name in BUTTONS {
            let me = Rc::downgrade(shell);
            let pressed: Closure<dyn FnMut(web_sys::Event)> = Closure::new(move |details: web_sys::Event| {
                if let Some(shell) = me.upgrade() {
                    shell.send(meaning(name, &details));
                }
            });
            call_two(&session, "setActionHandler", &JsValue::from_str(name), &pressed.into_js_value());
        }
    }
    if OWNER.get() != me {
        return;
    }
    let Some(episode) = view.episode else { return };
    if *mine.told.borrow() != episode.id {
        mine.told.replace(episode.id.clone());
        mine.second.set(u32::MAX);
        let about: JsValue = option("title", if episode.title.is_empty() { view.series_title } else { &episode.title });
        put(&about, "artist", &JsValue::from_str(view.series_title));
        if let Some(poster) = view.slides.iter().find(|slide| slide.index == Some(view.current)).and_then(|slide| slide.poster) {
            put(&about, "artwork", &js_sys::Array::of1(&option::<JsValue>("src", poster)));
        }
        if let Some(metadata) = construct(&shell.window, "MediaMetadata", &about) {
            put(&session, "metadata", &metadata);
        }
    }
    // Each time a message to another process, changed or not.
    if mine.playing.replace(Some(view.wants_play)) != Some(view.wants_play) {
        put(&session, "playbackState", &JsValue::from_str(if view.wants_play { "playing" } else { "paused" }));
    }
    if let Some(progress) = view.progress.filter(|progress| progress.duration.get() > 0.0) {
        let (time, length) = (progress.time.get(), progress.duration.get());
        if mine.second.replace(time as u32) != time as u32 {
            let position: JsValue = option("duration", length);
            put(&position, "position", &JsValue::from_f64(time.min(length)));
            put(&position, "playbackRate", &JsValue::from_f64(f64::from(view.speed.max(1)) / 100.0));
            call(&session, "setPositionState", &position);
        }
    }
}

fn meaning(button: &str, details: &JsValue) -> Event {
    Event::Viewer(match button {
        "play" => return Event::Call { call: None, request: Request::Play },
        "pause" => return Event::Call { call: None, request: Request::Pause },
        "nexttrack" => Action::Step { step: Step::Forward, cause: Cause::Button },
        "previoustrack" => Action::Step { step: Step::Back, cause: Cause::Button },
        "seekto" => Action::Scrub(Seconds::new(get(details, "seekTime").as_f64().unwrap_or(0.0))),
        "seekbackward" => Action::Key(Key::SeekBack),
        _ => Action::Key(Key::SeekForward),
    })
}

/// Where the browser refuses, the screen does what it always does.
fn stay_awake(shell: &Rc<Shell>, awake: bool) {
    let mine = &shell.later.session;
    if mine.awake.replace(awake) == awake {
        return;
    }
    if let Some(lock) = mine.lock.take() {
        call(&lock, "release", &JsValue::UNDEFINED);
    }
    let locks = get(&shell.window.navigator(), "wakeLock");
    if !awake || !locks.is_object() {
        return;
    }
    let me = Rc::downgrade(shell);
    settle(
        &call(&locks, "request", &JsValue::from_str("screen")),
        Box::new(move |result| {
            let (Some(shell), Ok(lock)) = (me.upgrade(), result) else { return };
            let mine = &shell.later.session;
            if mine.awake.get() {
                mine.lock.replace(Some(lock));
            } else {
                call(&lock, "release", &JsValue::UNDEFINED);
            }
        }),
    );
}
