//! The parts of `www/` that have to be built: the React and Vue examples, and the documentation as pages.

use anyhow::Result;

use crate::node;
use crate::ui;
use crate::workspace::Workspace;

/// Where the script and its node packages are; not in `www/`, which is served as it is.
const TOOLS: &str = "xtask/site";

/// Builds them, in a second or two.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let tools = workspace.path(TOOLS);
    node::install(&tools, "the examples and the documentation")?;
    ui::step("building the examples and the documentation");
    node::node().arg(tools.join("build.mjs")).run()?;
    Ok(())
}
