//! What is remembered between visits. Optional: in a cross-site frame reading the property is enough to throw.

use web_sys::{Storage, Window};

fn open(window: &Window) -> Option<Storage> {
    window.local_storage().ok().flatten()
}

fn key(series: &str) -> String {
    ["cliffhanger:", series].concat()
}

/// What was remembered for the series, if storage works and holds something.
pub(crate) fn recall(window: &Window, series: &str) -> Option<String> {
    open(window)?.get_item(&key(series)).ok().flatten()
}

/// Remembers `value` for the series, if storage works and has room.
pub(crate) fn remember(window: &Window, series: &str, value: &str) {
    if let Some(storage) = open(window) {
        let _ = storage.set_item(&key(series), value);
    }
}
