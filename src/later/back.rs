//! Back closes what lies over the player before it leaves the page: each sheet has a history entry of its own.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::History;

use cliffhanger_core::{Action, Event};

use crate::dom::on;
use crate::shell::Shell;

/// Makes as many entries as sheets are open, or gives them back.
pub(super) fn follow(shell: &Rc<Shell>, open: u32) {
    let later = &shell.later;
    let made = later.entries.replace(open);
    let Ok(history) = shell.window.history() else { return };
    if open > made {
        if !later.listens.replace(true) {
            shell.keep(vec![on(&Rc::downgrade(shell), &shell.window, "popstate", 0, |shell, _, _| popped(shell))]);
        }
        for _ in made..open {
            // The page's own state stays in it, so that a router of the page's sees nothing new.
            let _ = history.push_state_with_url(&state(&history), "", None);
        }
    } else if open < made {
        later.given_back.replace(shell.window.location().href().ok());
        let _ = history.go_with_delta(-i32::try_from(made - open).unwrap_or(1));
    }
}

fn popped(shell: &Rc<Shell>) {
    let later = &shell.later;
    if let Some(address) = later.given_back.take() {
        // The address may have changed since the entry was made; that the older one is back is no link followed.
        let location = shell.window.location();
        if location.href().is_ok_and(|now| now != address)
            && let Ok(history) = shell.window.history()
        {
            shell.own_address.set(true);
            let _ = history.replace_state_with_url(&state(&history), "", Some(&address));
        }
    } else if let Some(left) = later.entries.get().checked_sub(1) {
        later.entries.set(left);
        shell.by_hand.set(true);
        shell.send(Event::Viewer(Action::Dismiss));
    }
}

fn state(history: &History) -> JsValue {
    history.state().unwrap_or(JsValue::NULL)
}
