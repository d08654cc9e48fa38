//! `cargo xtask test`: everything that must hold, one count at the end.

mod checks;
mod count;
mod counts;
mod promises;
mod suites;
mod threats;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use self::count::Tally;
use crate::ui;
use crate::workspace::Workspace;

/// Runs every step, also after a failed one. The last line on standard output is `N passed, N failed`; each check and each
/// test case counts as one. Before it stand the counts of what is many within one test, such as simulated sessions.
pub(crate) fn run(workspace: &Workspace, quick: bool) -> ExitCode {
    let mut run = Run::default();
    let mut ran = threats::Ran::default();
    run.step("formatting", || checks::formatting(workspace));
    run.step("the core depends on nothing of the web", || checks::core_is_pure(workspace));
    run.step("types and reference pages are what the surface says", || crate::generate::check(workspace).map(|()| Outcome::PASSED));
    run.step("the promises of docs/reliability.md", || promises::kept(workspace));
    run.step("lints", || checks::lints(workspace));
    run.step("lints of the shell for wasm32", || checks::wasm_lints(workspace));
    run.step("the player without its feeder compiles", || checks::unfed(workspace));
    run.step("dependencies: licences, sources, advisories", || checks::dependencies(workspace));
    run.step("native tests", || suites::native(workspace, &mut ran.native));
    run.step("documentation tests", || suites::documentation(workspace));
    let mut player = None;
    run.step("the player builds", || {
        player = Some(checks::player(workspace, quick)?);
        Ok(Outcome::PASSED)
    });
    if let Some(player) = &player {
        run.step("the player keeps its size budget", || checks::size(workspace, player));
    }
    if player.is_some() && !quick {
        run.step("a second build elsewhere makes the same bytes", || checks::the_same_again(workspace));
    }
    if quick {
        ui::step("end-to-end tests and the package's consumers: skipped (--quick)");
    } else if player.is_some() {
        run.step("end-to-end tests", || suites::end_to_end(workspace, &mut ran.browser));
        run.step("the package in bundlers, frameworks, TypeScript and node", || suites::package(workspace, &mut ran.package));
        run.step("three engines", || suites::three_engines(workspace));
    } else {
        run.failed("end-to-end tests", "there is no player to test");
        run.failed("the package's consumers", "there is no player to test");
    }
    if quick {
        ui::step("the gate's contract: skipped (--quick)");
    } else {
        run.step("the gate's contract", || suites::contract(workspace));
    }
    run.step("the threats of SECURITY.md", || threats::covered(workspace, &ran));
    run.finish(&workspace.counts())
}

#[derive(Default)]
struct Run {
    sum: Tally,
    failures: Vec<String>,
}

impl Run {
    fn step(&mut self, title: &str, work: impl FnOnce() -> Result<Outcome>) {
        ui::step(title);
        let began = std::time::Instant::now();
        let tally = match work() {
            Ok(Outcome::Skipped(why)) => {
                ui::step(&format!("  skipped: {why}"));
                return;
            }
            Ok(Outcome::Counted(tally)) => tally,
            Err(error) => {
                ui::failure(&error);
                Tally { passed: 0, failed: 1 }
            }
        };
        let word = if tally.failed == 0 { "ok" } else { "FAILED" };
        ui::step(&format!("  {word}: {tally} in {:.1} s", began.elapsed().as_secs_f64()));
        if tally.failed > 0 {
            self.failures.push(format!("{title}: {tally}"));
        }
        self.sum = self.sum + tally;
    }

    /// Counts a step that could not run as failed.
    fn failed(&mut self, title: &str, why: &str) {
        self.step(title, || anyhow::bail!("{why}"));
    }

    fn finish(self, counted: &Path) -> ExitCode {
        for line in counts::read(counted) {
            println!("{line}");
        }
        for failure in &self.failures {
            ui::step(&format!("failed: {failure}"));
        }
        println!("{}", self.sum);
        if self.sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// How a step ended.
enum Outcome {
    Counted(Tally),
    /// Not run, and not counted: why.
    Skipped(String),
}

impl Outcome {
    /// One check that passed.
    const PASSED: Self = Self::Counted(Tally { passed: 1, failed: 0 });
}
