//! Media by bytes: fetches the ranges the core asks for, and appends what the core makes of them.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use cliffhanger_core::text::whole;
use cliffhanger_core::{Event, FetchId, Part, Seconds, Signal, Slot};
use wasm_bindgen::prelude::*;
use web_sys::{
    AbortController, HtmlVideoElement, MediaSource, MediaSourceReadyState, ReadableStreamDefaultReader, RequestCredentials, RequestInit,
    Response, SourceBuffer, Url,
};

use crate::dom::{EventListener, on, settle};
use crate::js::{self, Chunk};
use crate::net;
use crate::shell::Shell;

/// The ranges under way.
#[derive(Default)]
pub(crate) struct Fetches(RefCell<Vec<(FetchId, AbortController)>>);

impl Fetches {
    /// Stops one; nothing more is heard of it.
    pub(crate) fn cancel(&self, fetch: FetchId) {
        let found = self.0.borrow().iter().position(|(id, _)| *id == fetch);
        if let Some(at) = found {
            let (_, abort) = self.0.borrow_mut().swap_remove(at);
            abort.abort();
        }
    }

    /// Stops them all.
    pub(crate) fn stop(&self) {
        for (_, abort) in self.0.take() {
            abort.abort();
        }
    }

    fn has(&self, fetch: FetchId) -> bool {
        self.0.borrow().iter().any(|(id, _)| *id == fetch)
    }

    fn end(&self, fetch: FetchId) {
        self.0.borrow_mut().retain(|(id, _)| *id != fetch);
    }
}

/// Asks for the bytes from `from` up to but without `until`.
pub(crate) fn fetch(shell: &Rc<Shell>, fetch: FetchId, url: &str, from: u64, until: Option<u64>, urgent: bool) {
    let Ok(abort) = AbortController::new() else { return tell(shell, fetch, Part::Failed) };
    let init = RequestInit::new();
    let last = until.map(|until| whole(until.saturating_sub(1))).unwrap_or_default();
    net::set_header(&init, "range", &["bytes=", &whole(from), "-", &last].concat());
    js::set(&init, "priority", if urgent { "high" } else { "low" });
    if shell.host.get_attribute("crossorigin").as_deref() == Some("use-credentials") {
        init.set_credentials(RequestCredentials::Include);
    }
    init.set_signal(Some(&abort.signal()));
    shell.fetches.0.borrow_mut().push((fetch, abort));
    let promise = net::asked(shell, url, &init);
    let me = Rc::downgrade(shell);
    settle(
        &promise,
        Box::new(move |result| {
            let Some(shell) = me.upgrade().filter(|shell| shell.fetches.has(fetch)) else { return };
            match result {
                Ok(response) => read(&shell, fetch, &response.unchecked_into()),
                Err(_) => tell(&shell, fetch, Part::Failed),
            }
        }),
    );
}

fn read(shell: &Rc<Shell>, fetch: FetchId, response: &Response) {
    let status = response.status();
    let header = |name| response.headers().get(name).ok().flatten();
    let mut from = None;
    let total = match status {
        206 => header("content-range").and_then(|text| {
            let (range, total) = text.split_once('/')?;
            from = range.get("bytes ".len()..).and_then(|range| range.split_once('-')?.0.parse().ok());
            total.parse().ok()
        }),
        // The length of a body that comes compressed is not the file's.
        _ if header("content-encoding").is_some() => None,
        _ => header("content-length").and_then(|text| text.parse().ok()),
    };
    shell.send(Event::Fetched { fetch, part: Part::Head { status, total, from } });
    let reader = response.body().filter(|_| shell.fetches.has(fetch)).map(|body| body.get_reader());
    if let Some(reader) = reader {
        pull(Rc::downgrade(shell), fetch, reader.unchecked_into());
    }
}

fn pull(me: Weak<Shell>, fetch: FetchId, reader: ReadableStreamDefaultReader) {
    settle(
        &reader.read().unchecked_into(),
        Box::new(move |result| {
            let Some(shell) = me.upgrade().filter(|shell| shell.fetches.has(fetch)) else { return };
            match result.map(JsCast::unchecked_into::<Chunk>) {
                Ok(chunk) if chunk.done() => tell(&shell, fetch, Part::End),
                Ok(chunk) => {
                    shell.send(Event::Fetched { fetch, part: Part::Bytes(chunk.value()) });
                    if shell.fetches.has(fetch) {
                        pull(me, fetch, reader);
                    }
                }
                Err(_) => tell(&shell, fetch, Part::Failed),
            }
        }),
    );
}

/// The last word on a fetch.
fn tell(shell: &Shell, fetch: FetchId, part: Part) {
    shell.fetches.end(fetch);
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
    /// How many buffers are at work.
    busy: Cell<u8>,
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
    /// A source on its way into `video`.
    pub(crate) fn open(me: &Weak<Shell>, slot: Slot, video: &HtmlVideoElement) -> Option<Rc<Self>> {
        let source = js::media_source()?;
        let url = Url::create_object_url_with_source(&source).ok()?;
        let opened = on(me, &source, "sourceopen", slot.0, |shell, _, slot| report(shell, Slot(slot), Signal::SourceOpen));
        video.set_src(&url);
        Some(Rc::new(Self {
            source,
            url,
            buffers: RefCell::default(),
            waiting: RefCell::default(),
            busy: Cell::new(0),
            removing: Cell::new(false),
            ending: Cell::new(false),
            slot,
            listeners: RefCell::new(vec![opened]),
        }))
    }

    /// Makes the buffers.
    pub(crate) fn describe(&self, shell: &Shell, mimes: &[String], duration: Seconds) {
        for mime in mimes {
            let Ok(buffer) = self.source.add_source_buffer(mime) else { return self.refuse(shell) };
            let updated = on(&shell.weak(), &buffer, "updateend", self.slot.0, |shell, _, slot| {
                if let Some(feed) = shell.video(Slot(slot)).and_then(crate::video::Video::feed) {
                    feed.updated(shell);
                }
            });
            self.listeners.borrow_mut().push(updated);
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
                    self.busy.set(self.busy.get() + 1);
                }
                Err(reason) if crate::video::name_of(&reason) == "QuotaExceededError" => {}
                Err(_) => return self.refuse(shell),
            }
        }
        if self.busy.get() == 0 {
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
            self.busy.set(self.busy.get() + 1);
        }
    }

    /// Nothing more will come.
    pub(crate) fn end(&self) {
        let busy = self.busy.get() > 0;
        self.ending.set(busy);
        if !busy && self.source.ready_state() == MediaSourceReadyState::Open {
            let _ = self.source.end_of_stream();
        }
    }

    /// A buffer has done what it was told to.
    fn updated(&self, shell: &Rc<Shell>) {
        let busy = self.busy.get().saturating_sub(1);
        self.busy.set(busy);
        if busy > 0 {
            return;
        }
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
            video.report_progress(shell);
        }
        report(shell, self.slot, Signal::Appended);
    }

    fn refuse(&self, shell: &Shell) {
        report(shell, self.slot, Signal::FeedRefused);
    }
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
