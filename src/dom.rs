//! Small helpers over the DOM: elements, icons, listeners, and places that remember what they show.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, HtmlElement, Node};

use crate::js::{Thenable, create_element, create_element_ns};
use crate::shell::Shell;

/// What to do when something happens; `tag` tells apart listeners that share a handler.
pub(crate) type Handler = fn(&Rc<Shell>, &Event, u8);

/// Listens until the returned guard is dropped. Holds the shell weakly, so nothing keeps itself alive.
#[inline(never)]
pub(crate) fn on(shell: &Weak<Shell>, target: &EventTarget, name: &'static str, tag: u8, handler: Handler) -> EventListener {
    listen(shell, target, name, EventListenerOptions::default(), tag, handler)
}

/// As [`on`], for handlers that call `preventDefault()`.
pub(crate) fn on_active(shell: &Weak<Shell>, target: &EventTarget, name: &'static str, handler: Handler) -> EventListener {
    listen(shell, target, name, EventListenerOptions::enable_prevent_default(), 0, handler)
}

fn listen(
    shell: &Weak<Shell>,
    target: &EventTarget,
    name: &'static str,
    options: EventListenerOptions,
    tag: u8,
    handler: Handler,
) -> EventListener {
    let shell = Weak::clone(shell);
    EventListener::new_with_options(target, name, options, move |event| {
        if let Some(shell) = shell.upgrade() {
            handler(&shell, event, tag);
        }
    })
}

/// What waits for a promise.
pub(crate) type Settled = Box<dyn FnOnce(Result<JsValue, JsValue>)>;

/// Calls `done` once the promise is kept or broken. A promise that never settles costs nothing: the
/// browser collects both callbacks with it.
pub(crate) fn settle(promise: &JsValue, done: Settled) {
    let kept = Rc::new(Cell::new(Some(done)));
    let broken = Rc::clone(&kept);
    let on_kept = Closure::once_into_js(move |value: JsValue| {
        if let Some(done) = kept.take() {
            done(Ok(value));
        }
    });
    let on_broken = Closure::once_into_js(move |reason: JsValue| {
        if let Some(done) = broken.take() {
            done(Err(reason));
        }
    });
    let _ = promise.unchecked_ref::<Thenable>().then(&on_kept, &on_broken);
}

/// A new element with a class and, when `part` is not empty, a part.
#[inline(never)]
pub(crate) fn element(tag: &str, class: &str, part: &str) -> HtmlElement {
    let element = create_element(tag);
    for (name, value) in [("class", class), ("part", part)] {
        if !value.is_empty() {
            put(&element, name, value);
        }
    }
    element
}

/// A new element at the end of `parent`.
#[inline(never)]
pub(crate) fn child(parent: &Node, tag: &str, class: &str, part: &str) -> HtmlElement {
    let element = element(tag, class, part);
    let _ = parent.append_child(&element);
    element
}

/// A new button at the end of `parent`.
pub(crate) fn button(parent: &Node, class: &str) -> HtmlElement {
    let button = child(parent, "button", class, "button");
    put(&button, "type", "button");
    button
}

/// A new button with an icon and a name for assistive technology.
pub(crate) fn icon_button(parent: &Node, class: &str, label: &str, path: &str) -> HtmlElement {
    let button = button(parent, class);
    put(&button, "aria-label", label);
    icon(&button, path);
    button
}

/// A new button with a text.
pub(crate) fn text_button(parent: &Node, class: &str, label: &str) -> HtmlElement {
    let button = button(parent, class);
    button.set_text_content(Some(label));
    button
}

/// A 24 by 24 icon drawn in the colour of the text; returns its path.
#[inline(never)]
pub(crate) fn icon(parent: &Node, d: &str) -> Element {
    const SVG: &str = "http://www.w3.org/2000/svg";
    let svg = create_element_ns(SVG, "svg");
    put(&svg, "viewBox", "0 0 24 24");
    put(&svg, "aria-hidden", "true");
    let path = create_element_ns(SVG, "path");
    put(&path, "d", d);
    let _ = svg.append_child(&path);
    let _ = parent.append_child(&svg);
    path
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

/// Moves `element` to the end of `parent`, unless it is there already.
pub(crate) fn place(element: &Element, parent: &Element) {
    if element.parent_element().as_ref() != Some(parent) {
        let _ = parent.append_child(element);
    }
}

/// The text of an element, written only when it changes.
#[derive(Debug)]
pub(crate) struct Text {
    element: Element,
    last: RefCell<String>,
}

impl Text {
    /// For an element that is still empty.
    pub(crate) fn new(element: &Element) -> Self {
        Self { element: element.clone(), last: RefCell::default() }
    }

    /// Shows `text`.
    #[inline(never)]
    pub(crate) fn set(&self, text: &str) {
        if *self.last.borrow() != text {
            self.last.replace(text.to_owned());
            self.element.set_text_content(Some(text));
        }
    }
}

/// A class of an element, written only when it changes. Absent at first.
#[derive(Debug)]
pub(crate) struct Flag {
    element: Element,
    class: &'static str,
    last: Cell<bool>,
}

impl Flag {
    /// For an element without this class.
    pub(crate) fn new(element: &Element, class: &'static str) -> Self {
        Self { element: element.clone(), class, last: Cell::new(false) }
    }

    /// Adds or removes the class; true when that was a change.
    #[inline(never)]
    pub(crate) fn set(&self, wanted: bool) -> bool {
        let changed = self.last.replace(wanted) != wanted;
        if changed {
            let _ = self.element.class_list().toggle_with_force(self.class, wanted);
        }
        changed
    }

    /// Whether the class is there.
    pub(crate) fn get(&self) -> bool {
        self.last.get()
    }
}

/// An attribute of an element, written only when it changes. Absent at first.
#[derive(Debug)]
pub(crate) struct Attr {
    element: Element,
    name: &'static str,
    last: RefCell<Option<String>>,
}

impl Attr {
    /// For an element without this attribute.
    pub(crate) fn new(element: &Element, name: &'static str) -> Self {
        Self { element: element.clone(), name, last: RefCell::default() }
    }

    /// Sets the attribute, or removes it; true when that was a change.
    #[inline(never)]
    pub(crate) fn set(&self, value: Option<&str>) -> bool {
        if self.last.borrow().as_deref() == value {
            return false;
        }
        self.last.replace(value.map(str::to_owned));
        match value {
            Some(value) => put(&self.element, self.name, value),
            None => {
                let _ = self.element.remove_attribute(self.name);
            }
        }
        true
    }
}
