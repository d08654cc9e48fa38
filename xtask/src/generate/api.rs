//! `docs/api.md`.

use cliffhanger_core::surface::{
    ATTRIBUTES, Access, CUSTOM_PROPERTIES, Cause, Detail, EventName, Kind, METHODS, OBJECTS, PARTS, PROPERTIES, PaywallOutcome, Reason,
    SLOTS, STATES, STATES_ABOUT, Shape, TAG,
};

use super::words::{MADE, cell, line};

pub(super) fn page() -> String {
    let mut out = format!(
        "<!-- {MADE} -->\n\n# `<{TAG}>`\n\nHow to put it into a page: [embedding.md](embedding.md). Error codes: [errors.md](errors.md).\n"
    );
    out.push_str("\n## Attributes\n\nEach is a property too. Unknown values warn once in the console and fall back to the default.\n\n");
    out.push_str("| attribute | property | takes | default | meaning |\n|---|---|---|---|---|\n");
    for a in ATTRIBUTES {
        let takes = match a.kind {
            Kind::Text | Kind::Nullable => "text".to_owned(),
            Kind::Count => "a whole number from 0".to_owned(),
            Kind::Flag => "presence".to_owned(),
            Kind::Choice(values) => values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", "),
        };
        out.push_str(&format!("| `{}` | `{}` | {takes} | {} | {} |\n", a.name, a.property, cell(a.default), cell(a.about)));
    }
    out.push_str("\n## Properties\n\nThey speak of the current episode. No object ever holds a media URL.\n\n| property | type | | meaning |\n|---|---|---|---|\n");
    for p in PROPERTIES {
        out.push_str(&format!("| `{}` | `{}` | {} | {} |\n", p.name, cell(p.ty), if p.settable { "" } else { "read-only" }, cell(p.about)));
    }
    out.push_str("\n## Methods\n\nCalls made before the wasm has arrived are queued and replayed in order.\n\n| method | gives | does |\n|---|---|---|\n");
    for m in METHODS {
        out.push_str(&format!("| `{}({})` | `{}` | {} |\n", m.name, cell(m.parameters), cell(m.returns), cell(m.about)));
    }
    out.push_str(&events());
    out.push_str("\n## Objects\n");
    for object in OBJECTS {
        out.push_str(&format!("\n### `{}`\n\n{}\n", object.name, object.about));
        match object.shape {
            Shape::OneOf(names) => {
                out.push_str(&format!("\nOne of {}.\n", names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")));
            }
            Shape::Members(fields) => {
                out.push_str("\n| member | type | meaning |\n|---|---|---|\n");
                for f in fields {
                    let mark = if f.optional { "?" } else { "" };
                    out.push_str(&format!("| `{}{mark}` | `{}` | {} |\n", f.name, cell(f.ty), cell(f.about)));
                }
            }
        }
    }
    out.push_str(&words());
    out.push_str("\n## Slots\n\n| slot | for |\n|---|---|\n");
    for (name, about) in SLOTS {
        let name = if name.is_empty() { "(default)".to_owned() } else { format!("`{name}`") };
        out.push_str(&format!("| {name} | {} |\n", cell(about)));
    }
    out.push_str("\n## Parts\n\n| `::part()` | what |\n|---|---|\n");
    for (name, about) in PARTS {
        out.push_str(&format!("| `{name}` | {} |\n", cell(about)));
    }
    out.push_str("\n## Custom states\n\n| state | when |\n|---|---|\n");
    for (name, about) in STATES.iter().zip(STATES_ABOUT) {
        out.push_str(&format!("| `:state({name})` | {about} |\n"));
    }
    out.push_str("\n## Custom properties\n\n| property | default | what |\n|---|---|---|\n");
    for (name, default, about) in CUSTOM_PROPERTIES {
        out.push_str(&format!("| `{name}` | `{default}` | {about} |\n"));
    }
    out
}

fn events() -> String {
    let mut out = String::from(
        "\n## Events\n\n`CustomEvent`s; they do not bubble.\n\n| event | when | detail | `preventDefault()` |\n|---|---|---|---|\n",
    );
    let mut media = Vec::new();
    for event in EventName::ALL {
        let Detail::Members(fields) = event.detail() else {
            media.push(format!("`{}`", event.name()));
            continue;
        };
        let detail: Vec<String> = fields
            .iter()
            .map(|f| {
                if f.about.is_empty() {
                    format!("`{}: {}`", f.name, cell(f.ty))
                } else {
                    format!("`{}: {}` {}", f.name, cell(f.ty), cell(f.about))
                }
            })
            .collect();
        let prevented = event.prevented().unwrap_or_default();
        out.push_str(&format!("| `{}` | {} | {} | {prevented} |\n", event.name(), cell(&line(event.about())), detail.join("<br>")));
    }
    out.push_str(&format!("\nMedia events of the current episode are dispatched again, without a detail: {}.\n", media.join(", ")));
    out.push_str(
        "\n`unlockrequest` has `respondWith(promise)`, to be called while it is dispatched: the promise gives a `Grant`, or `true` for the\n\
         renditions the manifest has; a rejected one keeps the sheet open and shows its message.\n",
    );
    out
}

fn words() -> String {
    let mut out = String::from("\n## Words\n\n| type | value | meaning |\n|---|---|---|\n");
    let mut row = |ty: &str, name: &str, about: &str| out.push_str(&format!("| `{ty}` | `{name}` | {} |\n", cell(&line(about))));
    Access::ALL.iter().for_each(|x| row("Access", x.name(), x.about()));
    Reason::ALL.iter().for_each(|x| row("Reason", x.name(), x.about()));
    Cause::ALL.iter().for_each(|x| row("Cause", x.name(), x.about()));
    PaywallOutcome::ALL.iter().for_each(|x| row("PaywallOutcome", x.name(), x.about()));
    out
}
