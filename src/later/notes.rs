//! Small things that are said over the picture: where an episode goes on, from which age it is, and that nobody has stirred.

use std::cell::RefCell;
use std::rc::Rc;

use cliffhanger_core::later::Extra;
use cliffhanger_core::text::whole;
use cliffhanger_core::{Action, Event, View};

use crate::dom::{element, on, put};
use crate::env::now;
use crate::js::get;
use crate::money::clock;
use crate::shell::Shell;
use crate::stage::{ROOT, Stage};
use crate::strings::Word;
use crate::tree::{Tree, rows};

/// News of a stirring is worth no more than one event in so many milliseconds.
const STIRS: u64 = 400;

rows! {
    /// "Resumed at", and the way back.
    ROWS
    NOTE "0div .resumed [role=status",
    TEXT "1span",
    AGAIN "1button >v" StartOver,
}

/// The note, once there was one.
pub(super) type Note = RefCell<Option<Tree>>;

pub(super) fn attach(shell: &Rc<Shell>, stage: &Stage) {
    let me = Rc::downgrade(shell);
    let root = stage.tree.node(ROOT);
    shell.keep(["pointerdown", "pointermove", "keydown", "focusin", "wheel"].map(|name| on(&me, &root, name, 0, stirred)).into());
}

fn stirred(shell: &Rc<Shell>, _: &web_sys::Event, _: u8) {
    let last = &shell.later.stirred;
    let now = now(shell);
    if now.since(last.get()).0 >= STIRS {
        last.set(now);
        shell.send(Event::Viewer(Action::Stir));
    }
}

pub(super) fn draw(shell: &Shell, stage: &Stage, view: &View<'_>, extra: &Extra<'_>) {
    stage.tree.flag(ROOT, ".calm", extra.calm);
    let mut note = shell.later.note.borrow_mut();
    if let Some(at) = extra.resumed {
        let tree = note.get_or_insert_with(|| Tree::grow(&stage.tree.node(ROOT), ROWS, &shell.words));
        tree.text(TEXT, &shell.words.fill(Word::Resumed, &[("time", &clock(at.get()))]));
    }
    if let Some(tree) = note.as_ref() {
        tree.flag(NOTE, ".shown", extra.resumed.is_some());
    }
    for (slide, _) in stage.slides.iter().zip(&view.slides).filter(|(_, drawn)| drawn.poster_shown) {
        // A picture that does not come leaves no frame behind.
        if let Ok(Some(poster)) = slide.article().query_selector(".poster") {
            let broken = get(&poster, "complete").is_truthy() && get(&poster, "naturalWidth").as_f64() == Some(0.0);
            let _ = poster.class_list().toggle_with_force("broken", broken);
        }
    }
    if let Some(age) = extra.age.filter(|_| !shell.later.aged.replace(true)) {
        let age = whole(u64::from(age));
        for slide in &stage.slides {
            let Ok(Some(line)) = slide.article().query_selector(".line") else { continue };
            let badge = element("span", "age");
            put(&badge, "role", "img");
            put(&badge, "aria-label", &shell.words.fill(Word::Age, &[("n", &age)]));
            badge.set_text_content(Some(&[age.as_str(), "+"].concat()));
            let _ = line.append_child(&badge);
        }
    }
}
