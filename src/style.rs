//! The style sheet: one constructed sheet for all players of the page.
//!
//! A page whose policy is `style-src 'self'` refuses `<style>` in a shadow root, but not a constructed sheet.

use std::cell::RefCell;

use wasm_bindgen::JsValue;
use web_sys::{CssStyleSheet, ShadowRoot};

use crate::dom;
use crate::js::{call, put};

const CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

thread_local! {
    /// Shared, so that what the second wasm adds reaches every player.
    static SHEET: RefCell<Option<CssStyleSheet>> = const { RefCell::new(None) };
}

/// Styles a shadow root.
pub(crate) fn apply(shadow: &ShadowRoot) {
    let known = SHEET.with_borrow(Clone::clone);
    let sheet = known.or_else(|| {
        let sheet = CssStyleSheet::new().ok()?;
        sheet.replace_sync(CSS).ok()?;
        SHEET.set(Some(sheet.clone()));
        Some(sheet)
    });
    let name = JsValue::from_str("adoptedStyleSheets");
    let adopts = js_sys::Reflect::has(shadow, &name).unwrap_or(false);
    if let Some(sheet) = sheet.filter(|_| adopts) {
        let list = js_sys::Array::of1(&sheet);
        if js_sys::Reflect::set(shadow, &name, &list).unwrap_or(false) {
            return;
        }
    }
    let style = dom::element("style", "");
    style.set_text_content(Some(CSS));
    let _ = shadow.append_child(&style);
}

/// Adds what the second wasm brought: once to the sheet of all players, or to a shadow root that has a `<style>`.
pub(crate) fn add(shadow: &ShadowRoot, more: &str) {
    let style = call(shadow, "querySelector", &JsValue::from_str("style"));
    if style.is_object() {
        put(&style, "textContent", &JsValue::from_str(&[CSS, more].concat()));
    } else if let Some(sheet) = SHEET.with_borrow(Clone::clone) {
        let _ = sheet.replace_sync(&[CSS, more].concat());
    }
}
