//! `custom-elements.json`, the Custom Elements Manifest (schema 2.1.0): for editors and documentation tools.

use anyhow::{Context, Result};
use cliffhanger_core::surface::{
    ATTRIBUTES, CUSTOM_PROPERTIES, Detail, EventName, Kind, METHODS, PARTS, PROPERTIES, SLOTS, STATES, STATES_ABOUT, TAG,
};
use serde_json::{Value, json};

use super::words::{line, sentence, type_of, union};

const ELEMENT: &str = "dist/element.js";
const DEFINERS: [&str; 2] = ["dist/cliffhanger.js", "dist/inline.js"];

pub(super) fn manifest() -> Result<String> {
    let class = json!({
        "kind": "class", "customElement": true, "name": "CliffhangerPlayer", "tagName": TAG,
        "description": "A vertical swipe player for microdramas, with a paywall.",
        "superclass": { "name": "HTMLElement" },
        "attributes": attributes(), "members": members(), "events": events(),
        "slots": SLOTS.iter().map(|(name, about)| json!({ "name": name, "description": sentence(about) })).collect::<Vec<_>>(),
        "cssParts": PARTS.iter().map(|(name, about)| json!({ "name": name, "description": sentence(about) })).collect::<Vec<_>>(),
        "cssProperties": CUSTOM_PROPERTIES.iter()
            .map(|(name, default, about)| json!({ "name": name, "default": default, "description": sentence(about) })).collect::<Vec<_>>(),
        "cssStates": STATES.iter().zip(STATES_ABOUT)
            .map(|(name, about)| json!({ "name": name, "description": sentence(about) })).collect::<Vec<_>>(),
    });
    let exported = json!({ "kind": "js", "name": "CliffhangerPlayer", "declaration": { "name": "CliffhangerPlayer", "module": ELEMENT } });
    let mut modules = vec![json!({ "kind": "javascript-module", "path": ELEMENT, "declarations": [class], "exports": [exported] })];
    for path in DEFINERS {
        let defined =
            json!({ "kind": "custom-element-definition", "name": TAG, "declaration": { "name": "CliffhangerPlayer", "module": ELEMENT } });
        modules.push(json!({ "kind": "javascript-module", "path": path, "declarations": [], "exports": [exported, defined] }));
    }
    let document = json!({ "schemaVersion": "2.1.0", "readme": "README.md", "modules": modules });
    Ok(serde_json::to_string_pretty(&document).context("cannot write custom-elements.json")? + "\n")
}

/// `www/attributes.json`: what the playground makes its fields of.
pub(super) fn playground() -> Result<String> {
    let all: Vec<Value> = ATTRIBUTES
        .iter()
        .map(|attribute| {
            let (takes, values) = match attribute.kind {
                Kind::Text | Kind::Nullable => ("text", None),
                Kind::Count => ("count", None),
                Kind::Flag => ("flag", None),
                Kind::Choice(values) => ("choice", Some(values)),
            };
            json!({ "name": attribute.name, "takes": takes, "values": values, "about": sentence(attribute.about) })
        })
        .collect();
    Ok(serde_json::to_string_pretty(&all).context("cannot write the attributes")? + "\n")
}

fn attributes() -> Vec<Value> {
    ATTRIBUTES
        .iter()
        .map(|attribute| {
            let ty = match attribute.kind {
                Kind::Text | Kind::Nullable => "string".to_owned(),
                Kind::Count => "number".to_owned(),
                Kind::Flag => "boolean".to_owned(),
                Kind::Choice(values) => union(values.iter().copied()),
            };
            let mut entry = json!({
                "name": attribute.name, "fieldName": attribute.property, "type": { "text": ty }, "description": sentence(attribute.about),
            });
            if let (false, Some(map)) = (attribute.default.is_empty(), entry.as_object_mut()) {
                map.insert("default".to_owned(), attribute.default.into());
            }
            entry
        })
        .collect()
}

fn members() -> Vec<Value> {
    let fields = PROPERTIES.iter().map(|property| {
        json!({
            "kind": "field", "name": property.name, "type": { "text": property.ty }, "readonly": !property.settable,
            "description": sentence(property.about),
        })
    });
    let methods = METHODS.iter().map(|method| {
        let parameters: Vec<Value> = method
            .parameters
            .split(", ")
            .filter_map(|parameter| parameter.split_once(": "))
            .map(|(name, ty)| json!({ "name": name, "type": { "text": ty } }))
            .collect();
        json!({
            "kind": "method", "name": method.name, "parameters": parameters, "return": { "type": { "text": method.returns } },
            "description": sentence(method.about),
        })
    });
    let reflected = ATTRIBUTES
        .iter()
        .map(|attribute| json!({ "kind": "field", "name": attribute.property, "attribute": attribute.name, "reflects": true }));
    reflected.chain(fields).chain(methods).collect()
}

fn events() -> Vec<Value> {
    EventName::ALL
        .iter()
        .map(|event| {
            let ty = match (event, event.detail()) {
                (_, Detail::Media) => "Event".to_owned(),
                (EventName::Error, _) => "CustomEvent<PlayerError>".to_owned(),
                (EventName::UnlockRequest, _) => "UnlockRequestEvent".to_owned(),
                _ => format!("CustomEvent<{}>", type_of(*event)),
            };
            json!({ "name": event.name(), "type": { "text": ty }, "description": line(event.about()) })
        })
        .collect()
}
