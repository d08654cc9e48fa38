//! Takes out of the style sheet what only people read, and makes the list of words from the English ones.

use std::path::Path;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=src/style.css");
    println!("cargo::rerun-if-changed=src/lang/en.txt");
    let folder = std::env::var("OUT_DIR").map_err(std::io::Error::other)?;
    let folder = Path::new(&folder);
    std::fs::write(folder.join("style.css"), short(&std::fs::read_to_string("src/style.css")?))?;
    std::fs::write(folder.join("words.rs"), words(&std::fs::read_to_string("src/lang/en.txt")?))
}

/// Comments, line ends, indents, and the spaces and semicolons beside braces and semicolons. Inside a rule's values and
/// selectors a space may mean something.
fn short(css: &str) -> String {
    let mut kept = String::new();
    for (at, part) in css.split("/*").enumerate() {
        kept.push_str(if at == 0 { part } else { part.split_once("*/").map_or("", |(_, rest)| rest) });
    }
    let mut line = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    for (long, short) in
        [(" {", "{"), ("{ ", "{"), ("; ", ";"), (";}", "}"), (" }", "}"), ("} ", "}"), (", ", ","), (": ", ":"), (" > ", ">")]
    {
        line = line.replace(long, short);
    }
    line
}

/// `Name = text`, a line each; what stands behind `---` is said only by the second wasm.
fn words(english: &str) -> String {
    let (first, later) = english.split_once("---\n").unwrap_or((english, ""));
    let names = |part: &str| part.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    let texts: Vec<&str> = first.lines().filter_map(|line| line.split_once(" = ")).map(|(_, text)| text).collect();
    let all = [names(first), names(later)].concat();
    format!(
        "/// Every sentence, by what it is for. `{{n}}` and the like are filled in by [`Words::fill`].\n\
         #[derive(Clone, Copy, PartialEq, Eq)]\n#[cfg_attr(test, derive(Debug))]\n#[allow(missing_docs)]\n#[repr(u8)]\n\
         pub(crate) enum Word {{ {}, None }}\n\
         /// How many of them the first wasm brings itself, in English.\nconst FIRST: usize = {};\n\
         /// Those, a line each.\nconst EN: &str = {:?};\n\
         /// What a file of words begins with when it was made for this very list.\nconst MARK: &str = {:?};\n\
         #[cfg(test)]\nconst NAMES: &[&str] = &{all:?};\n",
        all.join(", "),
        texts.len(),
        texts.join("\n"),
        mark(&all),
    )
}

/// FNV-1a of the names; `pkg/build.mjs` does the same.
fn mark(names: &[String]) -> String {
    let sum = names.join("\n").bytes().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{sum:08x}")
}
