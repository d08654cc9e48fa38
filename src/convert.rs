//! JavaScript values to [`Node`] and back.

use cliffhanger_core::manifest::MAX_EPISODES;
use cliffhanger_core::node::MAX_DEPTH;
use cliffhanger_core::{FetchFailure, Node};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

use crate::js;

/// More values than any document of 10,000 episodes needs: a host object that refers to itself ends here.
const MAX_VALUES: usize = 2_000_000;

/// Copies a value. What JSON cannot say (functions, symbols, `undefined`) becomes `Null`.
///
/// # Errors
/// `TooDeep` beyond [`MAX_DEPTH`] levels, `TooLarge` when a list is longer than [`MAX_EPISODES`].
pub(crate) fn to_node(value: &JsValue) -> Result<Node, FetchFailure> {
    let mut left = MAX_VALUES;
    walk(value, 0, &mut left)
}

fn walk(value: &JsValue, depth: usize, left: &mut usize) -> Result<Node, FetchFailure> {
    if depth > MAX_DEPTH {
        return Err(FetchFailure::TooDeep);
    }
    *left = left.checked_sub(1).ok_or(FetchFailure::TooLarge)?;
    if let Some(text) = value.as_string() {
        return Ok(Node::Text(text));
    }
    if let Some(number) = value.as_f64() {
        return Ok(Node::Number(number));
    }
    if let Some(truth) = value.as_bool() {
        return Ok(Node::Bool(truth));
    }
    if !value.is_object() {
        return Ok(Node::Null);
    }
    if js_sys::Array::is_array(value) {
        let array: &js_sys::Array = value.unchecked_ref();
        let length = array.length();
        if length as usize > MAX_EPISODES {
            return Err(FetchFailure::TooLarge);
        }
        return (0..length).map(|at| walk(&array.get(at), depth + 1, left)).collect::<Result<_, _>>().map(Node::List);
    }
    let Ok(entries) = js::entries(value) else { return Ok(Node::Null) };
    let mut members = Vec::new();
    for at in 0..entries.length() {
        let entry: js_sys::Array = entries.get(at).unchecked_into();
        if let Some(key) = entry.get(0).as_string() {
            members.push((key, walk(&entry.get(1), depth + 1, left)?));
        }
    }
    Ok(Node::Map(members))
}

/// The plain JavaScript value of a node: objects, arrays, `null`.
pub(crate) fn to_js(node: &Node) -> JsValue {
    node.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

/// What an exception or a rejection says.
pub(crate) fn message_of(reason: &JsValue) -> String {
    let said = js_sys::Reflect::get(reason, &JsValue::from_str("message")).ok().and_then(|text| text.as_string());
    said.or_else(|| reason.as_string()).unwrap_or_default()
}
