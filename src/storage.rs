//! What is remembered between visits. Optional: in a cross-site frame reading the property is enough to throw. What no storage takes is
//! kept for as long as the page lives, by all its players.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::Window;

use crate::js::get;

thread_local! {
    /// Stands in for the storage.
    static PAGE: JsValue = js_sys::Object::new().into();
}

fn open(window: &Window) -> JsValue {
    window.local_storage().ok().flatten().map_or_else(|| PAGE.with(JsValue::clone), JsValue::from)
}

fn key(place: &str) -> String {
    ["cliffhanger:", place].concat()
}

/// What was remembered under this name, usually a series.
pub(crate) fn recall(window: &Window, place: &str) -> Option<String> {
    let (store, key) = (open(window), key(place));
    get(&store, &key).as_string().or_else(|| PAGE.with(|page| get(page, &key)).as_string()).filter(|value| !value.is_empty())
}

/// Remembers `value` under this name; an empty one is as good as none.
pub(crate) fn remember(window: &Window, place: &str, value: &str) {
    let (key, value) = (JsValue::from_str(&key(place)), JsValue::from_str(value));
    // A full storage throws.
    if Reflect::set(&open(window), &key, &value).is_err() {
        PAGE.with(|page| Reflect::set(page, &key, &value)).ok();
    }
}
