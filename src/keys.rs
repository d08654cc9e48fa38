//! The keyboard. What a key means is known to the second wasm; a key that comes before it waits for it.

use std::rc::Rc;

use crate::dom::on_active;
use crate::shell::Shell;
use crate::{later, lazy};

/// Starts to listen.
pub(crate) fn attach(shell: &Rc<Shell>) {
    shell.keep(vec![on_active(&Rc::downgrade(shell), &shell.document, "keydown", |shell, event, _| {
        if lazy::ready() {
            later::key(shell, event);
        } else {
            // Of several, the last one counts: that is what the viewer wants now.
            shell.lazy.key.replace(Some(event.clone()));
        }
    })]);
}
