//! The JavaScript glue between the page and the wasm, by the generator of the very version the library uses.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

/// Name of the generated files: `cliffhanger_glue.js` and `cliffhanger_glue_bg.wasm`. `cliffhanger_glue_later.wasm` is split from that.
pub(crate) const GLUE: &str = "cliffhanger_glue";

/// What the package needs of the glue to load the parts of the wasm itself.
const ALSO: &str = "export { __wbg_get_imports as imports, __wbg_finalize_init as begin };
export function use(exports) { wasm = exports; }\n";

/// Writes glue and wasm for a module into `folder`. Function names stay: they tell what belongs into which wasm.
pub(crate) fn generate(module: Vec<u8>, folder: &Path) -> Result<()> {
    let mut generator = Bindgen::new();
    generator
        .input_bytes(GLUE, module)
        .out_name(GLUE)
        .typescript(false)
        .encode_into(EncodeInto::Always)
        // The package says where its wasm is; the glue's own idea would be wrong once it is bundled.
        .omit_default_module_path(true)
        // Symbols as the compiler spells them: unlike the readable ones they are exact.
        .demangle(false)
        .remove_producers_section(true);
    generator
        .web(true)
        .and_then(|generator| generator.generate(folder))
        .map_err(|error| anyhow!("{error:#}"))
        .context("cannot generate the glue")?;
    let glue = folder.join(format!("{GLUE}.js"));
    let text = std::fs::read_to_string(&glue).with_context(|| format!("cannot read {}", glue.display()))?;
    std::fs::write(&glue, text + ALSO).with_context(|| format!("cannot write {}", glue.display()))
}
