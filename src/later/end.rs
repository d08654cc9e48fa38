//! What to watch after the end.

use cliffhanger_core::View;

use crate::dom::put;
use crate::shell::Shell;
use crate::stage::{RELATED, Stage};
use crate::tree::{Tree, rows};

rows! {
    /// Above them.
    HEAD_ROWS
    HEAD "0h3" WatchNext,
}

rows! {
    /// Another series: its picture and its title.
    ROWS
    LINK "0a .other [target=_top",
    PICTURE "1img [alt= [loading=lazy",
    TITLE "1span",
}

pub(super) fn draw(shell: &Shell, stage: &Stage, view: &View<'_>) {
    if !view.ended || shell.later.related.replace(true) {
        return;
    }
    let list = stage.tree.node(RELATED);
    if !view.related.is_empty() {
        Tree::grow(&list, HEAD_ROWS, &shell.words);
    }
    for series in view.related.iter().take(6) {
        let tree = Tree::grow(&list, ROWS, &shell.words);
        tree.set(LINK, "href", Some(&series.href));
        tree.text(TITLE, &series.title);
        match &series.poster {
            Some(url) => put(&tree.node(PICTURE), "src", url),
            None => tree.node(PICTURE).remove(),
        }
    }
}
