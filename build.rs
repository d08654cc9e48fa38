//! Takes out of the style sheet what only people read.

use std::path::Path;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=src/style.css");
    let folder = std::env::var("OUT_DIR").map_err(std::io::Error::other)?;
    std::fs::write(Path::new(&folder).join("style.css"), short(&std::fs::read_to_string("src/style.css")?))
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
