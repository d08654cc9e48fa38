//! One of the three slides: its video, the poster above it, and what it is called.

use std::cell::{Cell, RefCell};

use cliffhanger_core::text::whole;
use cliffhanger_core::view::{SlideView, View};
use web_sys::HtmlElement;

use crate::dom::{self, put};
use crate::strings::{Word, Words};
use crate::tree::{Tree, rows};
use crate::video::Video;

rows! {
    /// A slide; its video and poster are put before the texts.
    ROWS
    ARTICLE "0article .slide *slide",
    INFO "1div .info",
    SERIES "2p .series",
    LINE "2p .line",
    COUNT "3span .count",
    TITLE "3span .title",
    SYNOPSIS "2button .synopsis >y [aria-expanded=false",
}

/// One slide.
pub(crate) struct Slide {
    tree: Tree,
    index: Cell<Option<usize>>,
    poster: RefCell<Option<(String, HtmlElement)>>,
}

impl Slide {
    /// A slide that is out of the way.
    pub(crate) fn build(viewport: &HtmlElement, video: &Video, words: &Words) -> Self {
        let tree = Tree::grow(viewport, ROWS, words);
        let id = ["t", &whole(u64::from(video.number()))].concat();
        tree.set(TITLE, "id", Some(&id));
        tree.set(ARTICLE, "aria-labelledby", Some(&id));
        tree.flag(ARTICLE, ".away", true);
        let _ = tree.node(ARTICLE).insert_before(video.pooled(), Some(&tree.node(INFO)));
        Self { tree, index: Cell::new(None), poster: RefCell::default() }
    }

    /// Which episode stands here.
    pub(crate) fn index(&self) -> Option<usize> {
        self.index.get()
    }

    /// The slide's element.
    pub(crate) fn article(&self) -> HtmlElement {
        self.tree.node(ARTICLE)
    }

    /// Draws what has changed.
    pub(crate) fn draw(&self, slide: &SlideView<'_>, view: &View<'_>, video: &Video, words: &Words) {
        let tree = &self.tree;
        if video.is_adopted() && tree.flag(ARTICLE, ".adopted", true) {
            // The page's own video shows here from now on, where the page put it.
            self.insert(&dom::element("slot", ""));
        }
        tree.flag(ARTICLE, ".away", slide.index.is_none());
        tree.flag(ARTICLE, ".covered", slide.poster_shown || slide.locked);
        tree.flag(ARTICLE, ".shut", slide.locked);
        self.index.set(slide.index);
        self.draw_poster(slide.poster);
        let (Some(episode), Some(index)) = (slide.episode, slide.index) else { return };
        tree.set(ARTICLE, "--at", Some(&whole(index as u64)));
        let (n, count) = (whole(u64::from(episode.n)), whole(view.count as u64));
        tree.set(ARTICLE, "aria-posinset", Some(&whole(index as u64 + 1)));
        tree.set(ARTICLE, "aria-setsize", Some(&count));
        tree.text(SERIES, view.series_title);
        tree.text(SYNOPSIS, view.synopsis);
        tree.flag(ARTICLE, ".here", index == view.current);
        tree.text(COUNT, &words.fill(Word::Position, &[("n", &n), ("count", &count)]));
        let title = if episode.title.is_empty() { &words.fill(Word::Episode, &[("n", &n)]) } else { &episode.title };
        tree.text(TITLE, title);
    }

    /// Puts an element under the texts, above what is there.
    fn insert(&self, element: &HtmlElement) {
        let _ = self.article().insert_before(element, Some(&self.tree.node(INFO)));
    }

    /// A new picture is a new element: an `<img>` shows the old one until the new one has come.
    fn draw_poster(&self, url: Option<&str>) {
        if self.poster.borrow().as_ref().map(|(url, _)| url.as_str()) == url {
            return;
        }
        let new = url.map(|url| {
            let image = dom::element("img", "poster");
            for (name, value) in [("part", "poster"), ("alt", ""), ("decoding", "async"), ("draggable", "false"), ("src", url)] {
                put(&image, name, value);
            }
            self.insert(&image);
            (url.to_owned(), image)
        });
        if let Some((_, old)) = self.poster.replace(new) {
            old.remove();
        }
    }
}
