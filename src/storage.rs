//! What is remembered between visits. Optional: in a cross-site frame reading the property is enough to throw. What must not be
//! lost while the page lives is kept beside it as well.

use std::cell::RefCell;

use web_sys::{Storage, Window};

thread_local! {
    /// What the storage did not take, for as long as the page lives.
    static PAGE: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

fn open(window: &Window) -> Option<Storage> {
    window.local_storage().ok().flatten()
}

fn key(place: &str) -> String {
    ["cliffhanger:", place].concat()
}

/// What was remembered under this name, usually a series.
pub(crate) fn recall(window: &Window, place: &str) -> Option<String> {
    let kept = || PAGE.with_borrow(|page| page.iter().find(|(name, _)| name == place).map(|(_, value)| value.clone()));
    let stored = open(window).and_then(|storage| storage.get_item(&key(place)).ok().flatten());
    stored.or_else(kept).filter(|value| !value.is_empty())
}

/// Remembers `value` under this name; an empty one is as good as none.
pub(crate) fn remember(window: &Window, place: &str, value: &str) {
    let stored = open(window).is_some_and(|storage| storage.set_item(&key(place), value).is_ok());
    PAGE.with_borrow_mut(|page| {
        page.retain(|(name, _)| name != place);
        if !stored {
            page.push((place.to_owned(), value.to_owned()));
        }
    });
}
