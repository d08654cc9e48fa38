//! Types, metadata and reference pages, made from `core/src/surface.rs` and `core/src/fault.rs`.
//!
//! They are committed, because a change of the public surface should be seen in a review; `cargo xtask test` fails when
//! they are stale.

mod api;
mod elements;
mod errors;
mod frameworks;
mod typescript;
mod words;

use anyhow::{Context, Result, bail};

use crate::ui;
use crate::workspace::Workspace;

/// Every generated file and what belongs in it.
fn files() -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("pkg/types/element.d.ts", typescript::element()),
        ("pkg/types/cliffhanger.d.ts", typescript::definer()),
        ("pkg/types/classic.d.ts", typescript::classic()),
        ("pkg/types/index.d.ts", typescript::types_only()),
        ("pkg/types/react.d.ts", frameworks::react()),
        ("pkg/types/vue.d.ts", frameworks::vue()),
        ("pkg/custom-elements.json", elements::manifest()?),
        ("www/attributes.json", elements::playground()?),
        ("docs/api.md", api::page()),
        ("docs/errors.md", errors::page()),
    ])
}

/// Writes what is stale.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    for (name, text) in files()? {
        let path = workspace.path(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        ui::step(&format!("wrote {name}"));
    }
    Ok(())
}

/// Fails when a file is not what the surface says, and names it.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let stale: Vec<&str> = files()?
        .into_iter()
        .filter(|(name, text)| !std::fs::read_to_string(workspace.path(name)).is_ok_and(|old| old == *text))
        .map(|(name, _)| name)
        .collect();
    if !stale.is_empty() {
        bail!("{} no longer what core/src/surface.rs and core/src/fault.rs say; to mend it: cargo xtask generate", listed(&stale));
    }
    Ok(())
}

fn listed(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cliffhanger_core::surface::{CUSTOM_PROPERTIES, PARTS, STATES, STATES_ABOUT};

    use super::*;

    #[test]
    fn the_generated_files_are_what_the_surface_says() {
        check(&Workspace::find().unwrap()).unwrap();
    }

    #[test]
    fn the_custom_properties_of_the_style_sheet_are_those_of_the_surface() {
        let css = include_str!("../../src/style.css");
        let used: BTreeSet<&str> =
            css.match_indices("var(--cliffhanger-").filter_map(|(at, _)| css.get(at + 4..)?.split([',', ')']).next()).collect();
        let told: BTreeSet<&str> = CUSTOM_PROPERTIES.iter().map(|(name, ..)| *name).collect();
        assert_eq!(used, told);
        for (name, default, _) in CUSTOM_PROPERTIES {
            assert!(css.contains(&format!("var({name}, {default})")), "{name} falls back to something other than {default}");
        }
    }

    #[test]
    fn every_part_is_somewhere_in_the_shell() {
        let all = shell_sources();
        for (part, _) in PARTS {
            let here = all.contains(&format!("*{part}")) || all.contains(&format!("\"{part}\""));
            assert!(here, "no element has the part {part}");
        }
    }

    #[test]
    fn every_state_is_told() {
        assert_eq!(STATES.len(), STATES_ABOUT.len());
    }

    fn shell_sources() -> String {
        let root = Workspace::find().unwrap();
        let mut text = String::new();
        for folder in ["src", "src/later"] {
            for entry in std::fs::read_dir(root.path(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|e| e == "rs") {
                    text.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        text
    }
}
