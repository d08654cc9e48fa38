//! Short names between glue and wasm.
//!
//! The generator names imports `__wbg_play_26a96ac37b543ddc`, once in the wasm and once in the glue: 16 hexadecimal digits
//! that no compression takes away, a tenth of a small player. wasm-opt renames them in the wasm and prints what it did; this
//! does the same in the glue, and fails rather than leave one name behind that the wasm no longer knows.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// What wasm-opt's `--minify-imports-and-exports-and-modules` prints.
#[derive(Deserialize)]
pub(crate) struct Renames {
    /// Module, old name, new name.
    imports: Vec<(String, String, String)>,
    /// Old name, new name.
    exports: Vec<(String, String)>,
}

/// The name wasm-opt gives to every import module.
const MODULE: &str = "a";
/// Indentation of one import in the generated glue.
const ENTRY: &str = "        ";

/// The glue with the names of the renamed wasm. Imports the wasm no longer has are dropped.
pub(crate) fn rename(glue: &str, renames: &Renames) -> Result<String> {
    let imports: BTreeMap<&str, &str> = renames.imports.iter().map(|(_, old, new)| (old.as_str(), new.as_str())).collect();
    if imports.len() != renames.imports.len() {
        bail!("two imports of the wasm have the same name: they cannot share one module");
    }
    let exports: BTreeMap<&str, &str> = renames.exports.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    rename_exports(&rename_imports(glue, &imports)?, &exports)
}

/// Where a line of the glue belongs.
#[derive(PartialEq, Eq)]
enum Place {
    Elsewhere,
    /// In an import object. `keep` tells whether the entry it is in stays.
    Imports {
        keep: bool,
    },
    /// In the object that names the import modules.
    Modules,
}

fn rename_imports(glue: &str, names: &BTreeMap<&str, &str>) -> Result<String> {
    let mut out = String::with_capacity(glue.len());
    let mut found = 0;
    let mut objects = Vec::new();
    let mut place = Place::Elsewhere;
    let mut inside = false;
    for line in glue.lines() {
        let mut text = line.to_owned();
        let mut keep_line = true;
        if line == "function __wbg_get_imports() {" {
            inside = true;
        } else if inside && line == "}" {
            inside = false;
        } else if inside && let Some(object) = line.strip_prefix("    const ").and_then(|rest| rest.strip_suffix(" = {")) {
            objects.push(object.to_owned());
            place = Place::Imports { keep: true };
        } else if inside && line == "    return {" {
            let all: Vec<String> = objects.iter().map(|object| format!("...{object}")).collect();
            let value = if let [only] = objects.as_slice() { only.clone() } else { format!("{{ __proto__: null, {} }}", all.join(", ")) };
            text = format!("    return {{\n{ENTRY}__proto__: null,\n{ENTRY}{MODULE}: {value},");
            place = Place::Modules;
        } else if line == "    };" {
            place = Place::Elsewhere;
        } else if place == Place::Modules {
            keep_line = false;
        } else if let Place::Imports { keep } = &mut place {
            if let Some((name, rest)) = entry(line)
                && name != "__proto__"
            {
                *keep = names.contains_key(name);
                if let Some(short) = names.get(name) {
                    found += 1;
                    text = format!("{ENTRY}{short}: {rest}");
                }
            }
            keep_line = *keep;
        }
        if keep_line {
            out.push_str(&text);
            out.push('\n');
        }
    }
    if found != names.len() || objects.is_empty() {
        bail!("the glue has {found} of the {} imports of the wasm: its shape has changed", names.len());
    }
    Ok(out)
}

/// Name and rest of a line that begins an import, `        __wbg_play_26a9: function(arg0) {`.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix(ENTRY)?.split_once(": ")?;
    let name = name.trim_matches('"');
    let word = name.chars().all(is_word);
    (word && !name.is_empty()).then_some((name, rest))
}

fn rename_exports(glue: &str, names: &BTreeMap<&str, &str>) -> Result<String> {
    const OBJECT: &str = "wasm.";
    let mut out = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(at) = rest.find(OBJECT) {
        let (before, after) = rest.split_at_checked(at + OBJECT.len()).context("the glue is cut inside a character")?;
        let whole = !before.strip_suffix(OBJECT).is_some_and(|text| text.ends_with(|c: char| is_word(c) || c == '.'));
        out.push_str(before);
        let end = after.find(|c: char| !is_word(c)).unwrap_or(after.len());
        let (name, tail) = after.split_at_checked(end).context("the glue is cut inside a character")?;
        if whole && !name.is_empty() {
            let short = names.get(name).with_context(|| format!("the glue calls `wasm.{name}`, which the wasm does not export"))?;
            out.push_str(short);
        } else {
            out.push_str(name);
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
export function version() {
    return wasm.version(wasm.memory, swasm.version);
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_play_26a9: function() { return handleError(function (arg0) {
            const ret = arg0.play();
            return ret;
        }, arguments); },
        __wbg_gone_1234: function(arg0) {
            arg0.gone();
        },
        __wbg_log_99: console.log,
    };
    return {
        __proto__: null,
        \"./cliffhanger_glue_bg.js\": import0,
    };
}
";

    fn renames(imports: &[(&str, &str)], exports: &[(&str, &str)]) -> Renames {
        Renames {
            imports: imports.iter().map(|(old, new)| (String::from("./x.js"), (*old).to_owned(), (*new).to_owned())).collect(),
            exports: exports.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect(),
        }
    }

    #[test]
    fn names_are_shortened_on_both_sides_and_unused_imports_dropped() {
        let renames = renames(&[("__wbg_play_26a9", "b"), ("__wbg_log_99", "c")], &[("version", "A"), ("memory", "B")]);
        let expected = "\
export function version() {
    return wasm.A(wasm.B, swasm.version);
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        b: function() { return handleError(function (arg0) {
            const ret = arg0.play();
            return ret;
        }, arguments); },
        c: console.log,
    };
    return {
        __proto__: null,
        a: import0,
    };
}
";
        assert_eq!(rename(GLUE, &renames).unwrap(), expected);
    }

    #[test]
    fn an_import_that_the_glue_lacks_is_an_error() {
        let renames = renames(&[("__wbg_other_1", "b")], &[("version", "A"), ("memory", "B")]);
        assert!(rename(GLUE, &renames).unwrap_err().to_string().contains("0 of the 1 imports"));
    }

    #[test]
    fn an_export_that_the_wasm_lacks_is_an_error() {
        let renames = renames(&[("__wbg_play_26a9", "b")], &[("version", "A")]);
        assert!(rename(GLUE, &renames).unwrap_err().to_string().contains("`wasm.memory`"));
    }
}
