//! Media by bytes: fetches the ranges the core asks for, and appends what the core makes of them.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use cliffhanger_core::{Event, FetchId, Part, Seconds, Signal, Slot};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlVideoElement, MediaSource, MediaSourceReadyState, SourceBuffer, Url};

use crate::dom::{EventListener, on};
use crate::js::{self, Asking, Piece};
use crate::shell::Shell;
use crate::video::{Early, Video};

/// The ranges under way.
#[derive(Default)]
pub(crate) struct Fetches(RefCell<Vec<Asked>>);

/// What ends it, and whom JavaScript tells of it until it has ended. Left to the garbage collector, that would run a script in a page that is kept for the
/// way back, and the browser would throw the page away.
type Asked = (FetchId, Asking, Closure<dyn FnMut(JsValue)>);

impl Fetches {
    /// Stops one; nothing more is heard of it.
    pub(crate) fn cancel(&self, fetch: FetchId) {
        if let Some((_, asking, _hear)) = self.end(fetch) {
            asking.abort();
        }
    }

    /// Stops them all.
    pub(crate) fn stop(&self) {
        for (_, asking, _hear) in self.0.take() {
            asking.abort();
        }
    }

    fn end(&self, fetch: FetchId) -> Option<Asked> {
        let at = self.0.borrow().iter().position(|(id, ..)| *id == fetch)?;
        Some(self.0.borrow_mut().swap_remove(at))
    }
}

/// Asks for the bytes from `from` up to but without `until`.
pub(crate) fn fetch(shell: &Rc<Shell>, fetch: FetchId, url: &str, from: u64, until: Option<u64>, urgent: bool) {
    let cookies = shell.host.get_attribute("crossorigin").as_deref() == Some("use-credentials");
    let me = Rc::downgrade(shell);
    let hear = Closure::<dyn FnMut(JsValue)>::new(move |piece: JsValue| {
        if let Some(shell) = me.upgrade() {
            heard(&shell, fetch, piece.unchecked_ref());
        }
    });
    match shell.ports.ask(url, from as f64, until.unwrap_or_default() as f64, urgent, cookies, hear.as_ref()) {
        Ok(asking) => shell.fetches.0.borrow_mut().push((fetch, asking, hear)),
        Err(_) => tell(shell, fetch, Part::Failed),
    }
}

/// What has come of a range: first what the response says, unless there is none.
fn heard(shell: &Shell, fetch: FetchId, piece: &Piece) {
    let status = piece.status();
    if status > 0 {
        let whole = |number: f64| (number >= 0.0).then_some(number as u64);
        let head = Part::Head { status, total: whole(piece.total()), from: whole(piece.from()) };
        return shell.send(Event::Fetched { fetch, part: head });
    }
    let Some(bytes) = piece.value() else { return tell(shell, fetch, Part::Failed) };
    shell.send(Event::Fetched { fetch, part: Part::Bytes(bytes) });
    if piece.done() {
        tell(shell, fetch, Part::End);
    }
}

/// The last word on a fetch.
fn tell(shell: &Shell, fetch: FetchId, part: Part) {
    drop(shell.fetches.end(fetch));
    shell.send(Event::Fetched { fetch, part });
}

/// The `MediaSource` of one video.
pub(crate) struct Feed {
    source: MediaSource,
    url: String,
    /// Of the picture, and of the sound if there is any.
    buffers: RefCell<Vec<SourceBuffer>>,
    /// What is yet to be appended to each: refused because the buffer was full, until something has been removed.
    waiting: RefCell<[Vec<u8>; 2]>,
    /// The buffers are at work.
    busy: Cell<bool>,
    /// They remove something.
    removing: Cell<bool>,
    ending: Cell<bool>,
    slot: Slot,
    listeners: RefCell<Vec<EventListener>>,
}

/// Whether the browser has one of the two interfaces.
pub(crate) fn can_feed() -> bool {
    js::media_source().is_some()
}

impl Feed {
    /// A source on its way into `video`; `early` is one that has been given to it already.
    pub(crate) fn open(me: &Weak<Shell>, slot: Slot, video: &HtmlVideoElement, early: Option<Early>) -> Option<Rc<Self>> {
        let (source, url, buffers) = match early {
            Some(Early { source, buffers }) => (source, video.src(), buffers),
            None => {
                let source = js::media_source()?;
                let url = Url::create_object_url_with_source(&source).ok()?;
                video.set_src(&url);
                (source, url, Vec::new())
            }
        };
        // It opens in a turn of its own, never at once.
        let opened = on(me, &source, "sourceopen", slot.0, |shell, _, slot| report(shell, Slot(slot), Signal::SourceOpen));
        let listeners = core::iter::once(opened).chain(buffers.iter().map(|buffer| listen(me, slot, buffer))).collect();
        let busy = buffers.iter().any(SourceBuffer::updating);
        Some(Rc::new(Self {
            source,
            url,
            buffers: RefCell::new(buffers),
            waiting: RefCell::default(),
            busy: Cell::new(busy),
            removing: Cell::new(false),
            ending: Cell::new(false),
            slot,
            listeners: RefCell::new(listeners),
        }))
    }

    /// Whoever filled the buffers before does so no more: what was appended is reported, now or when it is in.
    pub(crate) fn take_over(&self, shell: &Shell) {
        if !self.busy.get() {
            report(shell, self.slot, Signal::Appended);
        }
    }

    /// Makes the buffers.
    pub(crate) fn describe(&self, shell: &Shell, mimes: &[String], duration: Seconds) {
        for mime in mimes {
            let Ok(buffer) = self.source.add_source_buffer(mime) else { return self.refuse(shell) };
            self.listeners.borrow_mut().push(listen(&shell.weak(), self.slot, &buffer));
            self.buffers.borrow_mut().push(buffer);
        }
        self.source.set_duration(duration.get());
    }

    /// Appends a segment.
    pub(crate) fn append(&self, shell: &Shell, bytes: [Vec<u8>; 2]) {
        self.waiting.replace(bytes);
        self.go_on(shell);
    }

    /// Appends what waits, as far as there is room.
    fn go_on(&self, shell: &Shell) {
        for (buffer, bytes) in self.buffers.borrow().iter().zip(self.waiting.borrow_mut().iter_mut()) {
            if bytes.is_empty() {
                continue;
            }
            match buffer.append_buffer_with_u8_array(bytes) {
                Ok(()) => {
                    *bytes = Vec::new();
                    self.busy.set(true);
                }
                Err(reason) if crate::video::name_of(&reason) == "QuotaExceededError" => {}
                Err(_) => return self.refuse(shell),
            }
        }
        if !self.busy.get() {
            report(shell, self.slot, Signal::BufferFull);
        }
    }

    /// Removes what lies before `until`.
    pub(crate) fn evict(&self, shell: &Shell, until: Seconds) {
        self.removing.set(true);
        for buffer in self.buffers.borrow().iter() {
            if buffer.remove(0.0, until.get()).is_err() {
                return self.refuse(shell);
            }
            self.busy.set(true);
        }
    }

    /// Nothing more will come.
    pub(crate) fn end(&self) {
        let busy = self.busy.get();
        self.ending.set(busy);
        if !busy && self.source.ready_state() == MediaSourceReadyState::Open {
            let _ = self.source.end_of_stream();
        }
    }

    /// A buffer has done what it was told to.
    fn updated(&self, shell: &Rc<Shell>) {
        // The other one may not be ready yet; and of what was appended before there was a player, the event may come later than the player.
        if !self.busy.get() || self.buffers.borrow().iter().any(SourceBuffer::updating) {
            return;
        }
        self.busy.set(false);
        let waits = self.waiting.borrow().iter().any(|bytes| !bytes.is_empty());
        match (waits, self.removing.replace(false)) {
            (true, true) => return self.go_on(shell),
            (true, false) => return report(shell, self.slot, Signal::BufferFull),
            _ => {}
        }
        if self.ending.get() {
            self.end();
        }
        if let Some(video) = shell.video(self.slot) {
            video.report_buffered(shell);
        }
        report(shell, self.slot, Signal::Appended);
    }

    fn refuse(&self, shell: &Shell) {
        report(shell, self.slot, Signal::FeedRefused);
    }
}

fn listen(me: &Weak<Shell>, slot: Slot, buffer: &SourceBuffer) -> EventListener {
    on(me, buffer, "updateend", slot.0, |shell, _, slot| {
        if let Some(feed) = shell.video(Slot(slot)).and_then(Video::feed) {
            feed.updated(shell);
        }
    })
}

impl Drop for Feed {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.url);
    }
}

fn report(shell: &Shell, slot: Slot, signal: Signal) {
    if let Some(video) = shell.video(slot) {
        video.report(shell, signal);
    }
}
