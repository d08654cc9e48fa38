//! The element in JSX: React 19 and Vue 3. Each is a file of its own, so that neither framework has to be installed.
//!
//! Attributes are typed by their HTML names: these also reach the page when a server renders it.

use cliffhanger_core::surface::{ATTRIBUTES, EventName, Kind, TAG};

use super::words::{MADE, sentence, union};

pub(super) fn react() -> String {
    let mut out = format!(
        "// {MADE}\n// For React 19: import type {{}} from 'cliffhanger-player/types/react';\n\
         import type {{ DetailedHTMLProps, HTMLAttributes }} from 'react';\n\
         import type {{ CliffhangerPlayer, CliffhangerPlayerOwnEventMap }} from './cliffhanger.js';\n\n"
    );
    out.push_str(&attributes());
    out.push_str("export interface CliffhangerPlayerHandlers {\n");
    for event in EventName::ALL {
        out.push_str(&format!("  on{0}?: (event: CliffhangerPlayerOwnEventMap['{0}']) => void;\n", event.name()));
    }
    out.push_str(
        "}\n\nexport type CliffhangerPlayerProps = DetailedHTMLProps<HTMLAttributes<CliffhangerPlayer>, CliffhangerPlayer> &\n  \
         CliffhangerPlayerAttributes & CliffhangerPlayerHandlers;\n\n",
    );
    out.push_str(&format!("declare module 'react' {{\n{}}}\n", intrinsic()));
    out
}

pub(super) fn vue() -> String {
    let mut out = format!(
        "// {MADE}\n// For Vue 3: import type {{}} from 'cliffhanger-player/types/vue';\n\
         import type {{ DefineComponent, HTMLAttributes, ReservedProps }} from 'vue';\n\
         import type {{ CliffhangerPlayerOwnEventMap }} from './cliffhanger.js';\n\n"
    );
    out.push_str(&attributes());
    out.push_str("export interface CliffhangerPlayerHandlers {\n");
    for event in EventName::ALL {
        out.push_str(&format!("  on{}?: (event: CliffhangerPlayerOwnEventMap['{}']) => void;\n", capital(event.name()), event.name()));
    }
    out.push_str(
        "}\n\nexport type CliffhangerPlayerProps = ReservedProps & HTMLAttributes & CliffhangerPlayerAttributes & CliffhangerPlayerHandlers;\n\n",
    );
    out.push_str(&format!(
        "declare module 'vue' {{\n  interface GlobalComponents {{\n    '{TAG}': DefineComponent<CliffhangerPlayerProps>;\n  }}\n}}\n"
    ));
    out.push_str(&format!("declare module 'vue/jsx-runtime' {{\n{}}}\n", intrinsic()));
    out
}

fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), chars.as_str()))
}

fn attributes() -> String {
    let mut out = String::from("export interface CliffhangerPlayerAttributes {\n");
    for attribute in ATTRIBUTES {
        let ty = match attribute.kind {
            Kind::Text => "string".to_owned(),
            Kind::Nullable => "'' | 'anonymous' | 'use-credentials'".to_owned(),
            Kind::Count => "number | string".to_owned(),
            Kind::Flag => "boolean".to_owned(),
            Kind::Choice(values) => union(values.iter().copied()),
        };
        // Written as the episode's id or its ordinal.
        let ty = if attribute.name == "episode" { "number | string".to_owned() } else { ty };
        out.push_str(&format!("  /** {} */\n  '{}'?: {ty};\n", sentence(attribute.about), attribute.name));
    }
    out.push_str("}\n\n");
    out
}

fn intrinsic() -> String {
    format!("  namespace JSX {{\n    interface IntrinsicElements {{\n      '{TAG}': CliffhangerPlayerProps;\n    }}\n  }}\n")
}
