//! Fetches the second wasm, which holds [`crate::later`]: after the first frame, or when the viewer asks for something in it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cliffhanger_core::{Action, Event};

use crate::dom::settle;
use crate::later;
use crate::shell::Shell;
use crate::strings::Word;

thread_local! {
    /// All players of the page share it, as they share the first.
    static READY: Cell<bool> = const { Cell::new(false) };
}

/// What one player waits for.
#[derive(Default)]
pub(crate) struct Lazy {
    asked: Cell<bool>,
    /// The core knows that it is there.
    told: Cell<bool>,
    /// It could not be loaded, and nobody has asked again.
    pub(crate) failed: Cell<bool>,
    /// What the viewer asked for meanwhile; only the last wish counts.
    wish: RefCell<Option<Action>>,
    /// A key that was pressed meanwhile.
    pub(crate) key: RefCell<Option<web_sys::Event>>,
}

/// Whether it is there. Nothing in `later` may be called before.
pub(crate) fn ready() -> bool {
    READY.get()
}

/// An action that needs it: sent at once, or when it has come.
pub(crate) fn act(shell: &Rc<Shell>, action: Action) {
    if ready() {
        return shell.send(Event::Viewer(action));
    }
    shell.lazy.wish.replace(Some(action));
    fetch(shell);
}

/// Fetches it, unless that is being done. Fails quietly while nobody has asked for anything: the next wish tries again.
pub(crate) fn fetch(shell: &Rc<Shell>) {
    if ready() {
        return tell(shell);
    }
    if shell.lazy.asked.replace(true) {
        return;
    }
    shell.lazy.failed.set(false);
    let Ok(answer) = shell.ports.load_later() else { return shell.lazy.asked.set(false) };
    let me = Rc::downgrade(shell);
    settle(
        &answer,
        Box::new(move |result| {
            let Some(shell) = me.upgrade() else { return };
            let wish = shell.lazy.wish.take();
            if let Ok(brought) = result {
                READY.set(true);
                later::arrived(&brought);
                shell.redraw();
                tell(&shell);
                return match wish {
                    Some(action) => shell.send(Event::Viewer(action)),
                    None => shell.pump(),
                };
            }
            shell.lazy.asked.set(false);
            shell.lazy.failed.set(true);
            shell.redraw();
            shell.pump();
            if wish.is_some() {
                shell.toast(Word::NotLoaded);
            }
        }),
    );
}

/// Tells the core, once.
fn tell(shell: &Rc<Shell>) {
    if !shell.lazy.told.replace(true) {
        shell.queue(Event::Later);
    }
}
