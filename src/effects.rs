//! Doing what the core asks, one effect at a time.

use std::rc::Rc;

use cliffhanger_core::shop::ShopEffect;
use cliffhanger_core::{AskId, Effect, Event, Node, Slot, UnlockReply};
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit};

use crate::convert::{message_of, to_js, to_node};
use crate::dom::settle;
use crate::js::{option, put};
use crate::shell::{Shell, warn};
use crate::{env, feeder, later, lazy, net, storage, video};
use cliffhanger_core::surface::EventName;

/// Performs one effect. May run host code; that code can only queue events and read properties.
pub(crate) fn perform(shell: &Rc<Shell>, effect: Effect) {
    match effect {
        Effect::FetchManifest { ask, url: Some(url) } => net::fetch_manifest(shell, ask, &url),
        Effect::FetchManifest { ask, url: None } => net::inline_manifest(shell, ask),
        Effect::Recall { series } => shell.send(Event::Recalled(storage::recall(&shell.window, &series))),
        Effect::Remember { series, value } => storage::remember(&shell.window, &series, &value),
        Effect::Probe { load, url } => net::probe(shell, load, &url),
        Effect::AskGate { ask, base, body } => net::ask_gate(shell, ask, &base, &body),
        Effect::Shop(ShopEffect::Keep { place, value }) => {
            // Another tab may have made a viewer meanwhile, and its coins are worth more than a new one.
            if value.is_empty() || !place.starts_with("@") || storage::recall(&shell.window, &place).is_none() {
                storage::remember(&shell.window, &place, &value);
            }
        }
        Effect::Shop(effect) => {
            if lazy::ready() {
                later::buy(shell, effect);
            }
        }
        Effect::Adopt { slot, load } => video::adopt(shell, slot, load),
        Effect::DropAdopted => video::drop_light(shell),
        Effect::Bless => video::bless(shell),
        Effect::Load { slot, load, url, hls, preload } => {
            if let Some(video) = shell.video(slot) {
                video.load(shell, load, &url, hls, preload);
            }
        }
        Effect::Feed { slot, load, opened } => {
            if let Some(video) = shell.video(slot) {
                video.feed_with(shell, load, opened);
            }
        }
        Effect::Describe { slot, mimes, duration } => {
            if let Some(feed) = feed(shell, slot) {
                feed.describe(shell, &mimes, duration);
            }
        }
        Effect::Append { slot, bytes } => {
            if let Some(feed) = feed(shell, slot) {
                feed.append(shell, bytes);
            }
        }
        Effect::EndOfStream { slot } => {
            if let Some(feed) = feed(shell, slot) {
                feed.end();
            }
        }
        Effect::Evict { slot, until } => {
            if let Some(feed) = feed(shell, slot) {
                feed.evict(shell, until);
            }
        }
        Effect::Fetch { fetch, url, from, until, urgent } => feeder::fetch(shell, fetch, &url, from, until, urgent),
        Effect::CancelFetch { fetch } => shell.fetches.cancel(fetch),
        Effect::Debug(message) => web_sys::console::debug_1(&["cliffhanger: ", message].concat().into()),
        Effect::Unload { slot } => {
            if let Some(video) = shell.video(slot) {
                video.unload();
            }
        }
        Effect::Play { slot } => {
            if let Some(video) = shell.video(slot) {
                video.play(shell);
            }
        }
        Effect::Pause { slot } => {
            if let Some(video) = shell.video(slot) {
                video.pause();
            }
        }
        Effect::Seek { slot, to } => {
            if let Some(video) = shell.video(slot) {
                video.element().set_current_time(to.get());
            }
        }
        Effect::Mute { slot, muted } => {
            if let Some(video) = shell.video(slot) {
                video.element().set_muted(muted);
            }
        }
        Effect::Volume(volume) => {
            for video in &shell.videos {
                video.element().set_volume(volume.clamp(0.0, 1.0));
            }
        }
        Effect::Rate(rate) => {
            for video in &shell.videos {
                let element = video.element();
                element.set_default_playback_rate(rate);
                element.set_playback_rate(rate);
            }
        }
        Effect::Scroll { slide, smooth } => shell.scroll.ask(slide, smooth),
        Effect::Notify { name, detail, cancelable } => {
            if matches!(name, EventName::FirstFrame | EventName::PaywallOpen) {
                lazy::fetch(shell);
            }
            let prevented = dispatch(shell, name.name(), Some(&detail), cancelable.is_some());
            if let Some(notice) = cancelable {
                shell.send(Event::Dispatched { notice, prevented });
            }
        }
        Effect::Relay(name) => {
            dispatch(shell, name.name(), None, false);
        }
        Effect::RequestUnlock { ask, detail } => request_unlock(shell, ask, &detail),
        Effect::Warn(message) => warn(&message),
        Effect::Resolve { call, outcome } => shell.resolve(call, &outcome),
        Effect::TakeStage => shell.take_stage(),
        Effect::Address { ordinal, seconds } => env::set_address(shell, ordinal, seconds),
        Effect::Share { title, ordinal } => {
            if lazy::ready() {
                later::share(shell, &title, ordinal);
            }
        }
        Effect::Errand(errand) => later::perform(shell, errand),
        Effect::Redraw => shell.redraw(),
        Effect::Teardown => shell.teardown(),
    }
}

fn feed(shell: &Shell, slot: Slot) -> Option<Rc<feeder::Feed>> {
    shell.video(slot)?.feed()
}

/// Dispatches an event on the element; true when its default action was prevented.
fn dispatch(shell: &Shell, name: &str, detail: Option<&Node>, cancelable: bool) -> bool {
    let init: CustomEventInit = option("cancelable", cancelable);
    if let Some(detail) = detail {
        put(&init, "detail", &to_js(detail));
    }
    let event = CustomEvent::new_with_event_init_dict(name, &init);
    event.is_ok_and(|event| shell.host.dispatch_event(&event).is_ok_and(|go_on| !go_on))
}

fn request_unlock(shell: &Rc<Shell>, ask: AskId, detail: &Node) {
    let answer = shell.ports.request_unlock(&to_js(detail)).unwrap_or(JsValue::UNDEFINED);
    if answer.is_undefined() {
        return shell.send(Event::Unlock { ask, reply: UnlockReply::Unanswered });
    }
    if answer.is_truthy() && answer.as_bool().is_some() {
        return shell.send(Event::Unlock { ask, reply: UnlockReply::Taken });
    }
    let me = Rc::downgrade(shell);
    settle(
        &answer,
        Box::new(move |result| {
            let Some(shell) = me.upgrade() else { return };
            let reply = match result {
                Ok(grant) => UnlockReply::Grant { grant: to_node(&grant).unwrap_or(Node::Null), base: shell.base() },
                Err(reason) => UnlockReply::Rejected(message_of(&reason)),
            };
            shell.send(Event::Unlock { ask, reply });
        }),
    );
}
