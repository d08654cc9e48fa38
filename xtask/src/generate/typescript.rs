//! The declarations of the package's entries.

use cliffhanger_core::fault;
use cliffhanger_core::surface::{
    ATTRIBUTES, Access, Attribute, Cause, Detail, EventName, Field, Kind, METHODS, OBJECTS, PROPERTIES, PaywallOutcome, Reason, Shape, TAG,
};

use super::words::{MADE, line, sentence, type_of, union};

/// `./element`: the class and every type.
pub(super) fn element() -> String {
    let mut out = format!("// {MADE}\n\n");
    for (name, about, members) in unions() {
        out.push_str(&format!("/** {about} */\nexport type {name} = {members};\n\n"));
    }
    for object in OBJECTS {
        out.push_str(&format!("/** {} */\n", object.about));
        match object.shape {
            Shape::Members(fields) => out.push_str(&format!("export interface {} {{\n{}}}\n\n", object.name, members(fields))),
            Shape::OneOf(names) => out.push_str(&format!("export type {} = {};\n\n", object.name, names.join(" | "))),
        }
    }
    out.push_str(&events());
    out.push_str(&class());
    out
}

fn unions() -> Vec<(&'static str, &'static str, String)> {
    vec![
        ("Access", "Access to an episode.", union(Access::ALL.iter().map(|a| a.name()))),
        ("Reason", "Why an episode is locked.", union(Reason::ALL.iter().map(|r| r.name()))),
        ("Cause", "What moved the feed.", union(Cause::ALL.iter().map(|c| c.name()))),
        ("PaywallOutcome", "How the paywall was left.", union(PaywallOutcome::ALL.iter().map(|o| o.name()))),
        ("ErrorType", "What an error concerns.", union(fault::Kind::ALL.iter().map(|k| k.name()))),
        ("ErrorCode", "What went wrong; each has a heading in docs/errors.md.", union(fault::Code::ALL.iter().map(|c| c.name()))),
    ]
}

fn members(fields: &[Field]) -> String {
    let mut out = String::new();
    for field in fields {
        if !field.about.is_empty() {
            out.push_str(&format!("  /** {} */\n", sentence(field.about)));
        }
        out.push_str(&format!("  {}{}: {};\n", field.name, if field.optional { "?" } else { "" }, field.ty));
    }
    out
}

fn events() -> String {
    let mut out = String::new();
    let mut map = String::new();
    for event in EventName::ALL {
        let ty = match (event, event.detail()) {
            (_, Detail::Media) => "Event".to_owned(),
            (EventName::Error, Detail::Members(fields)) => {
                out.push_str(&format!("/** What went wrong. */\nexport interface PlayerError {{\n{}}}\n\n", members(fields)));
                "CustomEvent<PlayerError>".to_owned()
            }
            (_, Detail::Members(fields)) => {
                let name = type_of(*event);
                let about = format!("Detail of `{}`.", event.name());
                out.push_str(&format!("/** {about} */\nexport interface {name} {{\n{}}}\n\n", members(fields)));
                if *event == EventName::UnlockRequest { "UnlockRequestEvent".to_owned() } else { format!("CustomEvent<{name}>") }
            }
        };
        let prevented = event.prevented().map(|what| format!(" Prevented: {what}.")).unwrap_or_default();
        map.push_str(&format!("  /** {}{prevented} */\n  {}: {ty};\n", line(event.about()), event.name()));
    }
    out.push_str(UNLOCK_REQUEST);
    out.push_str("/** The player's own events. They do not bubble. */\nexport interface CliffhangerPlayerOwnEventMap {\n");
    out.push_str(&map);
    out.push_str("}\n\n/** All events of the element. */\n");
    out.push_str("export type CliffhangerPlayerEventMap = Omit<HTMLElementEventMap, keyof CliffhangerPlayerOwnEventMap> & CliffhangerPlayerOwnEventMap;\n\n");
    out
}

const UNLOCK_REQUEST: &str = "\
/** `unlockrequest`: answered with a promise, as a service worker answers a fetch. */
export interface UnlockRequestEvent extends CustomEvent<UnlockRequestDetail> {
  /** Once, while the event is dispatched. A rejected promise keeps the sheet open with its message. */
  respondWith(answer: PromiseLike<Grant | true>): void;
}

";

fn class() -> String {
    let mut out = format!(
        "/** `<{TAG}>` */\nexport declare class CliffhangerPlayer extends HTMLElement {{\n  /** Of the package. */\n  static readonly version: string;\n"
    );
    for attribute in ATTRIBUTES {
        out.push_str(&format!(
            "  /** Attribute `{}`: {} */\n  {}: {};\n",
            attribute.name,
            sentence(attribute.about),
            attribute.property,
            property_type(attribute)
        ));
    }
    for property in PROPERTIES {
        let readonly = if property.settable { "" } else { "readonly " };
        out.push_str(&format!("  /** {} */\n  {readonly}{}: {};\n", sentence(property.about), property.name, property.ty));
    }
    for method in METHODS {
        out.push_str(&format!("  /** {} */\n  {}({}): {};\n", sentence(method.about), method.name, method.parameters, method.returns));
        if let Some(parameters) = method.inherited {
            out.push_str(&format!("  {}({parameters}): void;\n", method.name));
        }
    }
    for verb in ["add", "remove"] {
        let options = if verb == "add" { "AddEventListenerOptions" } else { "EventListenerOptions" };
        out.push_str(&format!(
            "  {verb}EventListener<K extends keyof CliffhangerPlayerEventMap>(type: K, \
             listener: (this: CliffhangerPlayer, event: CliffhangerPlayerEventMap[K]) => unknown, options?: boolean | {options}): void;\n  \
             {verb}EventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | {options}): void;\n"
        ));
    }
    out.push_str("}\n\n");
    out.push_str(SETTERS);
    out
}

const SETTERS: &str = "\
/** An address, the bytes, or the compiled module. */
export type Wasm = string | URL | BufferSource | WebAssembly.Module;

/**
 * Says where the wasm is, when a bundler has not copied it. Call it before the first player is in the page.
 * Without `later`, `cliffhanger-later.wasm` is taken from beside the first.
 */
export declare function setWasm(wasm: Wasm, later?: Wasm): void;

/**
 * Says where hls.js is: its address as a module, or what imports it, `() => import('hls.js')`. It is loaded when a playlist comes that
 * neither the player nor the browser plays.
 */
export declare function setHls(module: string | URL | (() => Promise<object>)): void;
";

/// TypeScript of a reflecting property.
fn property_type(attribute: &Attribute) -> String {
    match attribute.kind {
        Kind::Text => "string".to_owned(),
        Kind::Nullable => "string | null".to_owned(),
        Kind::Count => "number | null".to_owned(),
        Kind::Flag => "boolean".to_owned(),
        Kind::Choice(values) => union(values.iter().copied()),
    }
}

/// `.` and `./inline`: they define the element.
pub(super) fn definer() -> String {
    format!(
        "// {MADE}\nimport type {{ CliffhangerPlayer }} from './element.js';\n\nexport * from './element.js';\n\n\
         declare global {{\n  interface HTMLElementTagNameMap {{\n    '{TAG}': CliffhangerPlayer;\n  }}\n}}\n"
    )
}

/// `./classic`: exports nothing.
pub(super) fn classic() -> String {
    format!("// {MADE}\nimport './cliffhanger.js';\n\nexport {{}};\n")
}

/// `./types`: types alone.
pub(super) fn types_only() -> String {
    format!("// {MADE}\nexport type * from './cliffhanger.js';\n")
}
