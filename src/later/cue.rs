//! A product or a call at its time: in its box on the picture, with what must be said beside it.

use std::cell::RefCell;

use cliffhanger_core::View;
use cliffhanger_core::later::{Cue, Disclosure, Extra};
use cliffhanger_core::text::whole;
use web_sys::HtmlElement;

use crate::dom::{put, style_of};
use crate::money::Numbers;
use crate::shell::Shell;
use crate::stage::Stage;
use crate::strings::Word;
use crate::tree::{Tree, rows};

rows! {
    /// The card.
    ROWS
    CUE "0div .cue [role=group",
    LINK "1a .ware [target=_blank [rel=noopener",
    PICTURE "2img [alt=",
    WORDS "2span .words",
    LABEL "3span .label",
    PRICE "3span *price",
    NOTE "3span .note",
    HIDE "1button .hide >w %x ~" Close,
}

/// What is shown: the cue's id, where, and the card.
pub(super) type Shown = RefCell<Option<(String, [f64; 4], HtmlElement)>>;

pub(super) fn draw(shell: &Shell, stage: &Stage, view: &View<'_>, extra: &Extra<'_>) {
    let shown = &shell.later.cue;
    let wanted = extra.cue.map(|(cue, frame)| (cue.id.as_str(), frame));
    if shown.borrow().as_ref().map(|(id, frame, _)| (id.as_str(), *frame)) == wanted {
        return;
    }
    if let Some((.., old)) = shown.take() {
        old.remove();
    }
    let (Some((cue, frame)), Some(slide)) = (extra.cue, stage.slides.iter().find(|slide| slide.index() == Some(view.current))) else {
        return;
    };
    let card = make(shell, &slide.article(), cue);
    for (name, share) in ["--left", "--top", "--width", "--height"].into_iter().zip(frame) {
        // In thousandths: a number in a style must not need float formatting.
        let _ = style_of(&card).set_property(name, &whole((share * 1000.0) as u64));
    }
    shown.replace(Some((cue.id.clone(), frame, card)));
}

fn make(shell: &Shell, parent: &HtmlElement, cue: &Cue) -> HtmlElement {
    let words = &shell.words;
    let tree = Tree::grow(parent, ROWS, words);
    tree.set(CUE, "aria-label", Some(&cue.label));
    tree.set(LINK, "href", cue.href.as_deref());
    tree.text(LABEL, &cue.label);
    match &cue.image {
        Some(url) => put(&tree.node(PICTURE), "src", url),
        None => tree.node(PICTURE).remove(),
    }
    match cue.price {
        Some(price) => tree.text(PRICE, &Numbers::of(&shell.host).money(price)),
        None => tree.node(PRICE).remove(),
    }
    match cue.disclosure {
        Some(what) => tree.text(
            NOTE,
            words.get(match what {
                Disclosure::Ad => Word::Ad,
                Disclosure::PaidPromotion => Word::PaidPromotion,
                Disclosure::Affiliate => Word::Affiliate,
            }),
        ),
        None => tree.node(NOTE).remove(),
    }
    tree.node(CUE)
}
