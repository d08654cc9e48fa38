//! The panel over the player: all episodes, the menu, or the keys. It opens from below and goes by its control, Escape,
//! Back, a tap beside it, or a drag downwards.

use std::rc::Rc;

use cliffhanger_core::event::{Panel, Preference, Screen};
use cliffhanger_core::later::Extra;
use cliffhanger_core::text::whole;
use cliffhanger_core::{Action, Event, Seconds, View};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, MouseEvent};

use crate::dom::{element, focus, on, style_of};
use crate::js::get;
use crate::shell::Shell;
use crate::stage::{CONTROLS, ROOT, Stage, VIEWPORT, clear};
use crate::strings::Word;
use crate::tree::{Tree, rows};
use cliffhanger_core::text::{number, pieces};

/// Dragged this far down, in pixels, the panel closes.
const FAR: i32 = 70;
/// Height of a row of the drawer, in pixels, as the style sheet has it.
const ROW: i32 = 64;
/// Least width of a cell.
const CELL: i32 = 68;
/// Rows beyond the edges of what can be seen.
const SPARE: i32 = 3;
/// From here on an episode counts as seen, in percent: who leaves it in the credits has seen it.
const NEARLY_ALL: u8 = 95;
/// The keys, in the order in which their meanings stand in the list of words.
const KEYS: [&str; 9] = ["↑ ↓", "Home End", "Space K", "M", "← →", "C", "F", "Esc", "?"];
/// In percent.
const SPEEDS: [(u32, &str); 5] = [(75, "0.75×"), (100, "1×"), (125, "1.25×"), (150, "1.5×"), (200, "2×")];

rows! {
    /// The panel, and what lies around it.
    ROWS
    SCRIM "0div .scrim >x",
    PANEL "0section .sheet .panel [role=dialog [aria-modal=true [tabindex=-1 [aria-labelledby=panel",
    GRIP "1div .grip",
    HEAD "2h2 [id=panel",
    CLOSE "1button .close >x %x ~" Close,
    BODY "1div .scrolls [tabindex=-1",
    LIST "2div .list",
}

rows! {
    /// A group of choices.
    GROUP_ROWS
    GROUP "0div .group [role=group",
    NAME "1h3",
    CHOICES "1div .choices",
}

rows! {
    /// One choice.
    CHOICE_ROWS
    CHOICE "0button .choice >z",
}

rows! {
    /// A line of the keys.
    KEY_ROWS
    KEY "0p .key",
    CAPS "1span .caps",
    MEANING "1span",
}

rows! {
    /// One episode of the drawer.
    CELL_ROWS
    EPISODE "0button .cell >g",
    NUMBER "1span",
    MARK "1span .mark",
    SEEN "1span .part",
}

/// What a control of the panel asks for.
pub(super) fn chosen(shell: &Shell, letter: u8, at: &str) -> Option<Action> {
    let rest = at.get(1..).unwrap_or_default();
    Some(match (letter, at.as_bytes().first()?) {
        (b'g', _) => Action::Pick(number(at)?),
        (_, b'r') => Action::Prefer(Preference::Speed(number(rest)?)),
        (_, b'c') => Action::Prefer(Preference::Captions(Some(rest.to_owned()).filter(|lang| !lang.is_empty()))),
        (_, b'a') => Action::Prefer(Preference::Advance(rest == "1")),
        (_, b's') => Action::Prefer(Preference::Saver(rest == "1")),
        (_, b'k') => Action::Open(Panel::Keys),
        (_, b'q') => Action::Prefer(Preference::Quality(number(rest)?)),
        (_, b'f') => Action::Show(Screen::Full),
        (_, b'i') => Action::Show(Screen::Float),
        (_, b't') => {
            shell.send(Event::Viewer(Action::Scrub(Seconds::new(number::<u32>(rest)?.into()))));
            Action::Dismiss
        }
        _ => return None,
    })
}

pub(super) fn draw(shell: &Rc<Shell>, stage: &Stage, view: &View<'_>, extra: &Extra<'_>) {
    let later = &shell.later;
    let open = view.panel.is_some();
    let known = later.panel.borrow().clone();
    let Some(tree) = known.or_else(|| open.then(|| build(shell, stage))) else { return };
    for key in [VIEWPORT, CONTROLS] {
        stage.tree.flag(key, "inert", open);
    }
    tree.flag(SCRIM, ".shown", open);
    let turned = tree.flag(PANEL, ".shown", open);
    stage.panel.set(open);
    if turned && open {
        style_of(&tree.node(PANEL)).remove_property("transform").ok();
        later.before.replace(get(&stage.shadow, "activeElement").dyn_into().ok());
    }
    if let Some(panel) = view.panel {
        fill(shell, &tree, panel, view, extra);
    } else {
        later.drawn.take();
    }
    if turned && open {
        focus(&tree.node(PANEL));
    } else if turned {
        focus(later.before.take().as_ref().filter(|before| before.is_connected()).unwrap_or(&stage.viewport));
    }
}

fn build(shell: &Rc<Shell>, stage: &Stage) -> Rc<Tree> {
    let tree = Rc::new(Tree::grow(&stage.tree.node(ROOT), ROWS, &shell.words));
    let me = Rc::downgrade(shell);
    let grip = tree.node(GRIP);
    shell.keep(vec![
        on(&me, &grip, "pointerdown", 0, on_drag),
        on(&me, &shell.window, "pointermove", 1, on_drag),
        on(&me, &shell.window, "pointerup", 2, on_drag),
        on(&me, &shell.window, "pointercancel", 3, on_drag),
        on(&me, &tree.node(BODY), "scroll", 0, |shell, _, _| {
            shell.redraw();
            shell.pump();
        }),
    ]);
    shell.later.panel.replace(Some(Rc::clone(&tree)));
    tree
}

/// A finger takes hold (0), moves (1), lets go (2) or is taken away (3).
fn on_drag(shell: &Rc<Shell>, event: &web_sys::Event, step: u8) {
    let later = &shell.later;
    let y = event.unchecked_ref::<MouseEvent>().client_y();
    if step == 0 {
        return later.grip.set(Some(y));
    }
    let (Some(from), Some(tree)) = (later.grip.get(), later.panel.borrow().clone()) else { return };
    let by = (y - from).max(0);
    let style = style_of(&tree.node(PANEL));
    if step == 1 {
        let _ = style.set_property("transform", &["translateY(", &whole(by as u64), "px)"].concat());
        return;
    }
    later.grip.set(None);
    let _ = style.remove_property("transform");
    if step == 2 && by > FAR {
        shell.send(Event::Viewer(Action::Dismiss));
    }
}

fn fill(shell: &Shell, tree: &Tree, panel: Panel, view: &View<'_>, extra: &Extra<'_>) {
    let words = &shell.words;
    let (head, part) = match panel {
        Panel::Episodes => (Word::Episodes, "drawer"),
        Panel::Menu => (Word::More, "menu"),
        Panel::Keys => (Word::Keys, "menu"),
    };
    tree.text(HEAD, words.get(head));
    tree.set(PANEL, "part", Some(part));
    tree.flag(LIST, ".grid", panel == Panel::Episodes);
    match panel {
        Panel::Episodes => fill_episodes(shell, tree, view),
        Panel::Menu => fill_menu(shell, tree, view, extra),
        Panel::Keys => {
            if renew(shell, tree, "keys") {
                for (keys, meaning) in KEYS.iter().zip(pieces(words.get(Word::KeyList), b'|')) {
                    let row = Tree::grow(&tree.node(LIST), KEY_ROWS, words);
                    for key in pieces(keys, b' ') {
                        let cap = element("kbd", "");
                        cap.set_text_content(Some(key));
                        let _ = row.node(CAPS).append_child(&cap);
                    }
                    row.text(MEANING, meaning);
                }
            }
        }
    }
}

/// Empties the list when it was made from something else.
fn renew(shell: &Shell, tree: &Tree, from: &str) -> bool {
    if *shell.later.drawn.borrow() == from {
        return false;
    }
    shell.later.drawn.replace(from.to_owned());
    clear(&tree.node(LIST));
    true
}

fn fill_menu(shell: &Shell, tree: &Tree, view: &View<'_>, extra: &Extra<'_>) {
    let words = &shell.words;
    let shown = view.captions_shown.and_then(|at| view.captions.get(at)).map_or("", |captions| captions.lang.as_str());
    let flag = |on: bool| if on { "1" } else { "0" };
    let list = tree.node(LIST);
    let focused = shell.stage().map(|stage| get(&stage.shadow, "activeElement")).and_then(|active| active.dyn_into::<HtmlElement>().ok());
    let focused = focused.and_then(|active| active.get_attribute("data-at"));
    let count = whole(view.captions.len() as u64);
    let speed = whole(u64::from(view.speed));
    let number = |number: u32| whole(u64::from(number));
    let screens = [extra.full, extra.floating].map(|on| on.map_or("-", flag)).concat();
    let quality = number(extra.quality);
    let (qualities, chapters) = (whole(extra.qualities.len() as u64), whole(extra.chapters.len() as u64));
    let made_from = [&count, shown, flag(view.advances), flag(view.saver), &speed, &screens, &quality, &qualities, &chapters].join(" ");
    if !renew(shell, tree, &["menu", &made_from].concat()) {
        return;
    }
    let group = |word: Word| {
        let group = Tree::grow(&list, GROUP_ROWS, words);
        group.set(GROUP, "aria-label", Some(words.get(word)));
        group.text(NAME, words.get(word));
        group.node(CHOICES)
    };
    let choice = |parent: &HtmlElement, at: &str, label: &str, on: bool| {
        let choice = Tree::grow(parent, CHOICE_ROWS, words);
        choice.set(CHOICE, "data-at", Some(at));
        choice.set(CHOICE, "aria-pressed", Some(if on { "true" } else { "false" }));
        choice.text(CHOICE, label);
        // Made anew, it has the focus that its predecessor had.
        if focused.as_deref().is_some_and(|was| was == at || was.starts_with(['a', 's']) && was.get(..1) == at.get(..1)) {
            focus(&choice.node(CHOICE));
        }
    };
    let speeds = group(Word::Speed);
    for (percent, label) in SPEEDS {
        choice(&speeds, &["r", &whole(u64::from(percent))].concat(), label, percent == view.speed);
    }
    if !view.captions.is_empty() {
        let captions = group(Word::Captions);
        choice(&captions, "c", words.get(Word::Off), shown.is_empty());
        for caption in view.captions {
            choice(&captions, &["c", &caption.lang].concat(), &caption.label, caption.lang == shown);
        }
    }
    if !extra.qualities.is_empty() {
        let qualities = group(Word::Quality);
        choice(&qualities, "q0", words.get(Word::Auto), extra.quality == 0);
        for height in &extra.qualities {
            let text = number(*height);
            choice(&qualities, &["q", &text].concat(), &[&text, "p"].concat(), *height == extra.quality);
        }
    }
    if !extra.chapters.is_empty() {
        let chapters = group(Word::Chapters);
        let now = view.progress.map_or(0.0, |progress| progress.time.get());
        let here = extra.chapters.iter().rposition(|(from, _)| from.get() <= now);
        for (at, (from, label)) in extra.chapters.iter().enumerate() {
            choice(&chapters, &["t", &number(from.get() as u32)].concat(), label, here == Some(at));
        }
    }
    if extra.full.is_some() || extra.floating.is_some() {
        let screens = group(Word::Screen);
        for (on, at, word) in [(extra.full, "f", Word::Full), (extra.floating, "i", Word::Float)] {
            if let Some(on) = on {
                choice(&screens, at, words.get(word), on);
            }
        }
    }
    let playback = group(Word::Playback);
    choice(&playback, if view.advances { "a0" } else { "a1" }, words.get(Word::Advance), view.advances);
    choice(&playback, if view.saver { "s0" } else { "s1" }, words.get(Word::Saver), view.saver);
    choice(&playback, "k", words.get(Word::Keys), false);
}

/// Only the rows that can be seen, and a few beyond: a series may have ten thousand episodes.
fn fill_episodes(shell: &Shell, tree: &Tree, view: &View<'_>) {
    let body = tree.node(BODY);
    let columns = (tree.node(LIST).client_width() / CELL).max(1);
    let count = i32::try_from(view.count).unwrap_or(i32::MAX);
    let current = i32::try_from(view.current).unwrap_or(0);
    let rows = (count + columns - 1) / columns;
    tree.set(LIST, "--columns", Some(&whole(columns as u64)));
    tree.set(LIST, "--height", Some(&[&whole((rows * ROW) as u64), "px"].concat()));
    if shell.later.drawn.borrow().is_empty() {
        // The current episode in the middle.
        body.set_scroll_top((current / columns) * ROW - body.client_height() / 2 + ROW);
    }
    let first = (body.scroll_top() / ROW - SPARE).max(0);
    let last = (first + body.client_height() / ROW + 2 * SPARE + 1).min(rows);
    let from = [first, last, columns, current].map(|number| whole(number as u64)).join(" ");
    let active = shell.stage().map(|stage| get(&stage.shadow, "activeElement")).unwrap_or(JsValue::NULL);
    let focused = active.dyn_into::<HtmlElement>().ok().and_then(|active| active.get_attribute("data-at"));
    if !renew(shell, tree, &from) {
        return;
    }
    tree.set(LIST, "--first", Some(&[&whole((first * ROW) as u64), "px"].concat()));
    let (core, words) = (shell.core.borrow(), &shell.words);
    for index in first * columns..(last * columns).min(count) {
        let Some(mark) = cliffhanger_core::later::mark(&core, index as usize) else { continue };
        let n = words.fill(Word::Number, &[("n", &whole(u64::from(mark.n)))]);
        let all = mark.seen >= NEARLY_ALL;
        let cell = Tree::grow(&tree.node(LIST), CELL_ROWS, &shell.words);
        let at = whole(index as u64);
        cell.set(EPISODE, "data-at", Some(&at));
        cell.text(NUMBER, &n);
        cell.flag(EPISODE, ".closed", mark.locked);
        cell.flag(EPISODE, ".seen", all && !mark.locked);
        let word = match (mark.locked, mark.seen) {
            (true, _) => Word::EpisodeLocked,
            (false, 0) => Word::Episode,
            (false, _) if all => Word::EpisodeSeen,
            (false, _) => Word::EpisodePart,
        };
        let share = whole(u64::from(mark.seen));
        if word == Word::EpisodePart {
            cell.set(SEEN, "--seen", Some(&share));
        } else {
            cell.node(SEEN).remove();
        }
        cell.set(EPISODE, "aria-label", Some(&words.fill(word, &[("n", &n), ("share", &[&share, "%"].concat())])));
        if index == current {
            cell.set(EPISODE, "aria-current", Some("true"));
        }
        if focused.as_deref() == Some(at.as_str()) {
            focus(&cell.node(EPISODE));
        }
    }
}
