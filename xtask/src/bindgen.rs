//! The JavaScript glue between the page and the wasm, by the generator of the very version the library uses.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

/// Name of the generated files: `cliffhanger_glue.js` and `cliffhanger_glue_bg.wasm`.
pub(crate) const GLUE: &str = "cliffhanger_glue";

/// Writes glue and wasm for the module `input` into `folder`. `names` keeps function names, for readable stack traces.
pub(crate) fn generate(input: &Path, folder: &Path, names: bool) -> Result<()> {
    let mut generator = Bindgen::new();
    generator
        .input_path(input)
        .out_name(GLUE)
        .typescript(false)
        .encode_into(EncodeInto::Always)
        // The package says where its wasm is; the glue's own idea would be wrong once it is bundled.
        .omit_default_module_path(true)
        .remove_name_section(!names)
        .remove_producers_section(true);
    generator
        .web(true)
        .and_then(|generator| generator.generate(folder))
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| format!("cannot generate the glue for {}", input.display()))
}
