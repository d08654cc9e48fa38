//! One of the three slides: its video, the poster above it, and what it is called.

use std::cell::{Cell, RefCell};

use cliffhanger_core::text::whole;
use cliffhanger_core::view::{SlideView, View};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::dom::{self, Attr, Flag, Text, child, put};
use crate::strings::{EN, fill};
use crate::video::Video;

/// One slide.
pub(crate) struct Slide {
    pub(crate) article: HtmlElement,
    index: Cell<Option<usize>>,
    poster: RefCell<Option<Element>>,
    poster_url: RefCell<Option<String>>,
    away: Flag,
    covered: Flag,
    locked: Flag,
    adopted: Flag,
    position: Attr,
    size: Attr,
    series: Text,
    title: Text,
    count: Text,
}

impl Slide {
    /// A slide that is out of the way.
    pub(crate) fn build(viewport: &HtmlElement, video: &Video) -> Self {
        let article = child(viewport, "article", "slide", "slide");
        let _ = article.append_child(video.pooled());
        let info = child(&article, "div", "info", "");
        let series = child(&info, "p", "series", "");
        let line = child(&info, "p", "line", "");
        let count = child(&line, "span", "count", "");
        let title = child(&line, "span", "title", "");
        let id = ["t", &whole(u64::from(video.number()))].concat();
        put(&title, "id", &id);
        put(&article, "aria-labelledby", &id);
        let slide = Self {
            index: Cell::new(None),
            poster: RefCell::default(),
            poster_url: RefCell::default(),
            away: Flag::new(&article, "away"),
            covered: Flag::new(&article, "covered"),
            locked: Flag::new(&article, "shut"),
            adopted: Flag::new(&article, "adopted"),
            position: Attr::new(&article, "aria-posinset"),
            size: Attr::new(&article, "aria-setsize"),
            series: Text::new(&series),
            title: Text::new(&title),
            count: Text::new(&count),
            article,
        };
        slide.away.set(true);
        slide
    }

    /// Which episode stands here.
    pub(crate) fn index(&self) -> Option<usize> {
        self.index.get()
    }

    /// Draws what has changed.
    pub(crate) fn draw(&self, slide: &SlideView<'_>, view: &View<'_>, video: &Video) {
        if video.is_adopted() && self.adopted.set(true) {
            // The page's own video shows here from now on, where the page put it.
            let slot = dom::element("slot", "", "");
            let _ = self.article.insert_before(&slot, video.pooled().next_sibling().as_ref());
        }
        self.away.set(slide.index.is_none());
        self.covered.set(slide.poster_shown || slide.locked);
        self.locked.set(slide.locked);
        if self.index.replace(slide.index) != slide.index
            && let Some(index) = slide.index
        {
            let top = [&whole(index as u64 * 100), "%"].concat();
            let _ = self.article.style().set_property("top", &top);
        }
        self.draw_poster(slide.poster);
        let (Some(episode), Some(index)) = (slide.episode, slide.index) else { return };
        let (place, count) = (whole(index as u64 + 1), whole(view.count as u64));
        self.position.set(Some(&place));
        self.size.set(Some(&count));
        let ordinal = whole(u64::from(episode.n));
        self.series.set(view.series_title);
        self.count.set(&fill(EN.position, &[("n", &ordinal), ("count", &count)]));
        self.title.set(&if episode.title.is_empty() { fill(EN.episode, &[("n", &ordinal)]) } else { episode.title.clone() });
    }

    /// A new picture is a new element: an `<img>` shows the old one until the new one has come.
    fn draw_poster(&self, url: Option<&str>) {
        if self.poster_url.borrow().as_deref() == url {
            return;
        }
        self.poster_url.replace(url.map(str::to_owned));
        let new = url.and_then(|url| {
            let image = dom::element("img", "poster", "poster");
            put(&image, "alt", "");
            put(&image, "decoding", "async");
            put(&image, "draggable", "false");
            put(&image, "src", url);
            // Under the texts, above the video.
            let info = self.article.query_selector(".info").ok().flatten();
            self.article.insert_before(&image, info.as_deref()).ok()?;
            Some(image.unchecked_into::<Element>())
        });
        if let Some(old) = self.poster.replace(new) {
            old.remove();
        }
    }
}
