//! Small helpers over the DOM: elements, listeners, focus.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, CssStyleDeclaration, Element, Event, EventTarget, FocusOptions, HtmlElement};

use crate::js::{Thenable, create_element, option};
use crate::shell::Shell;

/// What to do when something happens; `tag` tells apart listeners that share a handler.
pub(crate) type Handler = fn(&Rc<Shell>, &Event, u8);

/// Listens until it is dropped. Holds the shell weakly, so nothing keeps itself alive.
pub(crate) struct EventListener {
    target: EventTarget,
    name: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Drop for EventListener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, self.closure.as_ref().unchecked_ref());
    }
}

/// Listens.
pub(crate) fn on(shell: &Weak<Shell>, target: &EventTarget, name: &'static str, tag: u8, handler: Handler) -> EventListener {
    listen(shell, target, name, true, tag, handler)
}

/// As [`on`], for handlers that call `preventDefault()`.
pub(crate) fn on_active(shell: &Weak<Shell>, target: &EventTarget, name: &'static str, handler: Handler) -> EventListener {
    listen(shell, target, name, false, 0, handler)
}

#[inline(never)]
fn listen(shell: &Weak<Shell>, target: &EventTarget, name: &'static str, passive: bool, tag: u8, handler: Handler) -> EventListener {
    let shell = Weak::clone(shell);
    let closure: Closure<dyn FnMut(Event)> = Closure::new(move |event| {
        if let Some(shell) = shell.upgrade() {
            handler(&shell, &event, tag);
        }
    });
    let options: AddEventListenerOptions = option("passive", passive);
    let callback = closure.as_ref().unchecked_ref();
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(name, callback, &options);
    EventListener { target: target.clone(), name, closure }
}

/// What waits for a promise.
pub(crate) type Settled = Box<dyn FnOnce(Result<JsValue, JsValue>)>;
type Callback = Closure<dyn FnMut(JsValue)>;

/// Calls `done` once the promise is kept or broken. Both callbacks go with the one that is called: a function that waits for a call
/// which never comes is held by the wasm, and with it all it knows.
pub(crate) fn settle(promise: &JsValue, done: Settled) {
    let done = Rc::new(Cell::new(Some(done)));
    let callbacks: Rc<Cell<Option<[Callback; 2]>>> = Rc::default();
    let callback = |is_kept: bool| -> Callback {
        let (done, callbacks) = (Rc::clone(&done), Rc::clone(&callbacks));
        Closure::new(move |value| {
            let both = callbacks.take();
            if let Some(done) = done.take() {
                done(if is_kept { Ok(value) } else { Err(value) });
            }
            drop(both);
        })
    };
    let both = [callback(true), callback(false)];
    let [kept, broken] = &both;
    if promise.unchecked_ref::<Thenable>().then(kept.as_ref(), broken.as_ref()).is_ok() {
        callbacks.set(Some(both));
    }
}

/// A new element with a class.
#[inline(never)]
pub(crate) fn element(tag: &str, class: &str) -> HtmlElement {
    let element = create_element(tag);
    put(&element, "class", class);
    element
}

/// Sets an attribute.
#[inline(never)]
pub(crate) fn put(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// The innermost element of an event's path, from the target out to the first one that matches `within`, that
/// matches `wanted`. Text the host has slotted in lies in another tree: only the path knows the way out.
pub(crate) fn in_path(event: &Event, wanted: &str, within: &str) -> Option<Element> {
    for at in event.composed_path() {
        // The path ends at the document and the window.
        let element = at.dyn_into::<Element>();
        let Ok(element) = element else { continue };
        if element.matches(wanted).unwrap_or(false) {
            return Some(element);
        }
        if element.matches(within).unwrap_or(false) {
            return None;
        }
    }
    None
}

/// The inline style of an element.
pub(crate) fn style_of(element: &Element) -> CssStyleDeclaration {
    element.unchecked_ref::<HtmlElement>().style()
}

/// Moves the focus without scrolling.
pub(crate) fn focus(element: &HtmlElement) {
    let _ = element.focus_with_options(&option::<FocusOptions>("preventScroll", true));
}
