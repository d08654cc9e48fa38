//! Trees of elements, grown from a table, and one place that remembers what each element shows.
//!
//! A row of a table is a depth, a tag and what else the element has, apart by spaces:
//! `.class`, `*part`, `>what a click does` (see [`crate::input`]), `%icon`, `[name=value`, and `~` when the word is the
//! element's name for assistive technology instead of its text.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use crate::dom::{put, style_of};
use crate::js::{create_element, create_element_ns};
use crate::strings::{Word, Words};
use cliffhanger_core::text::{cut, pieces};

/// One element: how it is made, and what it says.
pub(crate) type Row = (&'static str, Word);

/// Names the rows of a table, in order.
macro_rules! rows {
    ($(#[$doc:meta])* $table:ident $($key:ident $spec:literal $($word:ident)?,)*) => {
        #[allow(dead_code, non_camel_case_types, clippy::upper_case_acronyms)]
        enum $table { $($key,)* }
        $(#[allow(dead_code, missing_docs)] pub(crate) const $key: u8 = $table::$key as u8;)*
        $(#[$doc])*
        pub(crate) const $table: &[$crate::tree::Row] = &[$(($spec, $crate::tree::word!($($word)?)),)*];
    };
}

/// A word, or none.
macro_rules! word {
    () => {
        $crate::strings::Word::None
    };
    ($word:ident) => {
        $crate::strings::Word::$word
    };
}

pub(crate) use {rows, word};

/// The icons, each after its letter.
const ICONS: &str = "\
pM8 5v14l11-7z
|M6 5h4v14H6zm8 0h4v14h-4z
mM4 9v6h4l5 5V4L8 9zm17.6.8-1.4-1.4-2.2 2.2-2.2-2.2-1.4 1.4 2.2 2.2-2.2 2.2 1.4 1.4 2.2-2.2 2.2 2.2 1.4-1.4-2.2-2.2z
sM4 9v6h4l5 5V4L8 9zm12.5 3A4.5 4.5 0 0 0 14 8v8a4.5 4.5 0 0 0 2.5-4M14 3.2v2.1a7 7 0 0 1 0 13.4v2.1a9 9 0 0 0 0-17.6
lM17 9V7A5 5 0 0 0 7 7v2H5v12h14V9zM9 7a3 3 0 0 1 6 0v2H9z
um12 8.6-6 6L7.4 16l4.6-4.6 4.6 4.6 1.4-1.4z
dM12 15.4 6 9.4 7.4 8l4.6 4.6L16.6 8 18 9.4z
hM12 21l-1.5-1.3C5.4 15.4 2 12.3 2 8.5 2 5.4 4.4 3 7.5 3c1.7 0 3.4.8 4.5 2.1C13.1 3.8 14.8 3 16.5 3 19.6 3 22 5.4 22 8.5c0 3.8-3.4 6.9-8.5 11.2z
eM4 4h7v7H4zm9 0h7v7h-7zm-9 9h7v7H4zm9 0h7v7h-7z
nM14 5v4C7 10 4 15 3 20c2.5-3.5 6-5.1 11-5.1V19l7-7z
jM6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4m12 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4m-6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4z
xm18.3 7.1-1.4-1.4-4.9 4.9-4.9-4.9-1.4 1.4 4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z";

/// What an element shows: its row, what of it, and the value.
type Shown = (u8, &'static str, String);

/// The elements of a table.
pub(crate) struct Tree {
    rows: &'static [Row],
    nodes: Vec<HtmlElement>,
    shown: RefCell<Vec<Shown>>,
}

impl Tree {
    /// Grows the rows at the end of `parent`.
    pub(crate) fn grow(parent: &Node, rows: &'static [Row], words: &Words) -> Self {
        let mut line: Vec<Node> = vec![parent.clone()];
        let mut nodes = Vec::new();
        for (spec, _) in rows {
            let node = sprout(spec, &mut line);
            nodes.push(node);
        }
        let tree = Self { rows, nodes, shown: RefCell::default() };
        tree.say(words);
        tree
    }

    /// Writes the words of the rows.
    pub(crate) fn say(&self, words: &Words) {
        for ((spec, word), node) in self.rows.iter().zip(&self.nodes) {
            if *word as u8 != Word::None as u8 {
                let word = words.get(*word);
                if spec.ends_with("~") { put(node, "aria-label", word) } else { node.set_text_content(Some(word)) }
            }
        }
    }

    /// The element of a row.
    #[inline(never)]
    pub(crate) fn node(&self, key: u8) -> HtmlElement {
        self.nodes.get(usize::from(key)).cloned().unwrap_or_else(|| create_element("i"))
    }

    /// Shows a value, unless it is shown already: of the text (`""`), a class (`".name"`, any value), a custom property
    /// (`"--name"`), the icon (`"%"`) or an attribute. True when that was a change. At first there is none of them.
    #[inline(never)]
    pub(crate) fn set(&self, key: u8, name: &'static str, value: Option<&str>) -> bool {
        let at = self.shown.borrow().iter().position(|(row, what, _)| *row == key && *what == name);
        {
            let mut shown = self.shown.borrow_mut();
            match (at.and_then(|at| shown.get(at)), value) {
                (None, None) => return false,
                (Some((.., last)), Some(value)) if *last == value => return false,
                _ => {}
            }
            if let Some(at) = at {
                shown.swap_remove(at);
            }
            if let Some(value) = value {
                shown.push((key, name, value.to_owned()));
            }
        }
        write(&self.node(key), name, value);
        true
    }

    /// Shows a text.
    pub(crate) fn text(&self, key: u8, text: &str) {
        self.set(key, "", Some(text));
    }

    /// Adds or removes a class or an empty attribute; true when that was a change.
    pub(crate) fn flag(&self, key: u8, name: &'static str, on: bool) -> bool {
        self.set(key, name, on.then_some(""))
    }

    /// Whether a class or attribute is there.
    pub(crate) fn has(&self, key: u8, name: &'static str) -> bool {
        self.shown.borrow().iter().any(|(row, what, _)| *row == key && *what == name)
    }
}

/// Writes a value, as [`Tree::set`] says.
fn write(element: &Element, name: &str, value: Option<&str>) {
    let text = value.unwrap_or_default();
    let _ = match (name.as_bytes().first(), value) {
        (None, _) => {
            element.set_text_content(Some(text));
            Ok(())
        }
        (Some(b'.'), _) => element.class_list().toggle_with_force(name.get(1..).unwrap_or_default(), value.is_some()).map(|_| ()),
        (Some(b'-'), _) => style_of(element).set_property(name, text),
        (Some(b'%'), _) => {
            if let Ok(Some(path)) = element.query_selector("path") {
                put(&path, "d", icon(text));
            }
            Ok(())
        }
        (_, Some(text)) => element.set_attribute(name, text),
        (_, None) => element.remove_attribute(name),
    };
}

/// Makes the element of a row and puts it in its place. `line` holds those that are still open, the outermost first.
fn sprout(spec: &str, line: &mut Vec<Node>) -> HtmlElement {
    let mut tokens = pieces(spec, b' ');
    let (depth, tag) = tokens.next().unwrap_or_default().split_at(1);
    let node = create_element(tag);
    if tag == "button" {
        put(&node, "type", tag);
        put(&node, "part", tag);
    }
    for token in tokens {
        let (kind, value) = token.split_at(1);
        match kind {
            "." => write(&node, token, Some("")),
            "*" => put(&node, "part", value),
            ">" => put(&node, "data-do", value),
            "%" => draw(&node, icon(value)),
            "[" => {
                if let Some((name, value)) = cut(value, b'=') {
                    put(&node, name, value);
                }
            }
            _ => {}
        }
    }
    line.truncate(usize::from(depth.as_bytes().first().map_or(0, |digit| digit - b'0')) + 1);
    if let Some(parent) = line.last() {
        let _ = parent.append_child(&node);
    }
    line.push(node.clone().unchecked_into());
    node
}

/// A 24 by 24 icon drawn in the colour of the text.
fn draw(parent: &Element, d: &str) {
    const SVG: &str = "http://www.w3.org/2000/svg";
    let svg = create_element_ns(SVG, "svg");
    put(&svg, "viewBox", "0 0 24 24");
    put(&svg, "aria-hidden", "true");
    let path = create_element_ns(SVG, "path");
    put(&path, "d", d);
    let _ = svg.append_child(&path);
    let _ = parent.append_child(&svg);
}

fn icon(letter: &str) -> &'static str {
    pieces(ICONS, b'\n').find_map(|line| line.strip_prefix(letter)).unwrap_or_default()
}
