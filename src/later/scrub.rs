//! The position bar under a finger: the time, the chapter and the storyboard's picture above it, and where chapters begin.

use std::cell::RefCell;

use cliffhanger_core::View;
use cliffhanger_core::later::{self as core, Extra};
use cliffhanger_core::text::whole;

use crate::dom::{element, put, style_of};
use crate::shell::Shell;
use crate::stage::{BOTTOM, Stage, clear};
use crate::tree::{Tree, rows};

rows! {
    /// Above the bar.
    ROWS
    TICKS "0div .ticks [aria-hidden=true",
    BUBBLE "0div .bubble [aria-hidden=true",
    FRAME "1div .frame",
    PICTURE "2img [alt= [draggable=false",
    PART "1span .part",
}

/// What stands there.
#[derive(Default)]
pub(super) struct Scrub {
    tree: RefCell<Option<Tree>>,
    /// What the ticks were made from.
    ticks: RefCell<Vec<u32>>,
}

/// Chapters on the bar.
pub(super) fn draw(shell: &Shell, stage: &Stage, view: &View<'_>, extra: &Extra<'_>) {
    let mine = &shell.later.scrub;
    let length = view.progress.map_or(0.0, |progress| progress.duration.get());
    let inside = |at: f64| at > 0.0 && at < length;
    let ticks: Vec<u32> =
        extra.chapters.iter().map(|(at, _)| at.get()).filter(|at| inside(*at)).map(|at| (at / length * 1000.0) as u32).collect();
    if *mine.ticks.borrow() == ticks {
        return;
    }
    with(shell, stage, |tree| {
        let list = tree.node(TICKS);
        clear(&list);
        for tick in &ticks {
            let mark = element("i", "");
            let _ = style_of(&mark).set_property("--at", &whole(u64::from(*tick)));
            let _ = list.append_child(&mark);
        }
    });
    mine.ticks.replace(ticks);
}

/// The finger is at this second.
pub(super) fn at(shell: &Shell, stage: &Stage, time: f64) {
    let player = shell.core.borrow();
    let extra = core::view(&player);
    with(shell, stage, |tree| {
        let chapter = extra.chapters.iter().rev().find(|(from, _)| from.get() <= time);
        tree.text(PART, chapter.map_or("", |(_, label)| label));
        let thumb = core::thumb(&player, time);
        tree.flag(FRAME, ".shown", thumb.is_some());
        let Some(thumb) = thumb else { return };
        let picture = tree.node(PICTURE);
        if picture.get_attribute("src").as_deref() != Some(thumb.url) {
            put(&picture, "src", thumb.url);
        }
        tree.flag(FRAME, ".cut", thumb.part.is_some());
        for (name, side) in ["--x", "--y", "--w", "--h"].into_iter().zip(thumb.part.unwrap_or([0, 0, 9, 16])) {
            tree.set(FRAME, name, Some(&whole(u64::from(side))));
        }
    });
}

fn with(shell: &Shell, stage: &Stage, act: impl FnOnce(&Tree)) {
    let mut tree = shell.later.scrub.tree.borrow_mut();
    act(tree.get_or_insert_with(|| Tree::grow(&stage.tree.node(BOTTOM), ROWS, &shell.words)));
}
