//! Requests: the manifest, the gate, and the small question after a media fault.

use std::rc::Rc;

use cliffhanger_core::manifest::{CHUNK, MAX_EPISODES};
use cliffhanger_core::{AskId, Event, FetchFailure, LoadId, Node};
use gloo::timers::callback::Timeout;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, RequestInit, Response};

use crate::convert::{message_of, to_js, to_node};
use crate::dom::settle;
use crate::js::{call, get, option, put};
use crate::shell::Shell;
use crate::storage;

/// Longest wait for the gate, in milliseconds.
const GATE_TIMEOUT: u32 = 10_000;
/// Longest wait for the status of a media URL, in milliseconds.
const PROBE_TIMEOUT: u32 = 8_000;

/// The response to a URL: the one that the element asked for while the wasm was on its way (the manifest, the head of the first
/// episode), else a new one.
pub(crate) fn asked(shell: &Shell, url: &str, init: &RequestInit) -> JsValue {
    let early = shell.ports.take(url).ok().filter(|promise| !promise.is_undefined());
    early.unwrap_or_else(|| shell.window.fetch_with_str_and_init(url, init).into())
}

/// Fetches the manifest through the element, which may have asked for it already.
pub(crate) fn fetch_manifest(shell: &Rc<Shell>, ask: AskId, url: &str) {
    let base = resolve(shell, url).unwrap_or_else(|| url.to_owned());
    let promise = asked(shell, url, &RequestInit::new());
    let me = Rc::downgrade(shell);
    let answer = move |base: String, body| {
        if let Some(shell) = me.upgrade() {
            answer_manifest(&shell, ask, base, body);
        }
    };
    settle(
        &promise,
        Box::new(move |result| match result {
            Err(_) => answer(base, Err(FetchFailure::Unreachable)),
            Ok(response) => {
                let response: Response = response.unchecked_into();
                // Relative URLs resolve against where redirects led.
                let base = Some(response.url()).filter(|url| !url.is_empty()).unwrap_or(base);
                if !response.ok() {
                    return answer(base, Err(FetchFailure::Status(response.status())));
                }
                read_json(&response, Box::new(move |body| answer(base, body)));
            }
        }),
    );
}

/// The manifest inside the element: a child `<script type="application/json">`. Without one there is no answer.
pub(crate) fn inline_manifest(shell: &Rc<Shell>, ask: AskId) {
    let Ok(Some(script)) = shell.host.query_selector(":scope > script[type='application/json']") else { return };
    let body = js_sys::JSON::parse(&script.text_content().unwrap_or_default());
    answer_manifest(shell, ask, shell.base(), body.map_err(|reason| FetchFailure::NotJson(message_of(&reason))));
}

/// Of a long list only the beginning goes into the core now: see [`Shell::catch_up`].
fn answer_manifest(shell: &Shell, ask: AskId, base: String, body: Result<JsValue, FetchFailure>) {
    if !shell.core.borrow().awaits(ask) {
        return;
    }
    let mut more = 0;
    let body = body.and_then(|document| {
        let list = get(&document, "episodes");
        if js_sys::Array::is_array(&list) {
            let list: js_sys::Array = list.unchecked_into();
            let count = list.length();
            if count as usize > CHUNK && count as usize <= MAX_EPISODES {
                more = count as usize - CHUNK;
                put(&document, "episodes", &list.slice(0, CHUNK as u32));
                shell.list.replace(list);
            }
        }
        to_node(&document)
    });
    shell.send(Event::Manifest { ask, base, body, more });
}

/// `POST {base}/v1/play`.
pub(crate) fn ask_gate(shell: &Rc<Shell>, ask: AskId, base: &str, body: &Node) {
    let me = Rc::downgrade(shell);
    let init: RequestInit = option("method", "POST");
    put(&init, "headers", &option::<JsValue>("content-type", "application/json"));
    put(&init, "body", &json(body));
    call_gate(
        shell,
        base,
        "/v1/play",
        init,
        Box::new(move |reply, _| {
            if let Some(shell) = me.upgrade() {
                shell.send(Event::Gate { ask, reply });
            }
        }),
    );
}

/// A node as JSON text.
pub(crate) fn json(body: &Node) -> JsValue {
    js_sys::JSON::stringify(&to_js(body)).map_or(JsValue::UNDEFINED, JsValue::from)
}

/// What the gate answers: the status and body, and the headers when there was an answer.
pub(crate) type Reply = Box<dyn FnOnce(Result<(u16, Node), FetchFailure>, JsValue)>;

/// A request to the gate, in the name of the viewer if there is one. `init` has its headers.
pub(crate) fn call_gate(shell: &Rc<Shell>, base: &str, path: &str, init: RequestInit, reply: Reply) {
    put(&init, "credentials", &JsValue::from_str("omit"));
    let place = ["@", base].concat();
    let sent = storage::recall(&shell.window, &place);
    if let Some(token) = &sent {
        put(&get(&init, "headers"), "authorization", &JsValue::from_str(&["Bearer ", token].concat()));
    }
    let me = Rc::downgrade(shell);
    request(
        shell,
        &[base, path].concat(),
        &init,
        GATE_TIMEOUT,
        Box::new(move |answered| {
            let Some((response, _)) = answered else { return reply(Err(FetchFailure::Unreachable), JsValue::UNDEFINED) };
            let headers = get(&response, "headers");
            // A fresh token, before the old one runs out.
            let token = call(&headers, "get", &JsValue::from_str("cliff-viewer-token")).as_string();
            if let (Some(token), Some(shell)) = (token, me.upgrade()) {
                storage::remember(&shell.window, &place, &token);
            }
            let mut status = response.status();
            if status == 401 && me.upgrade().is_some_and(|shell| storage::recall(&shell.window, &place) != sent) {
                // It was about a token that has been replaced meanwhile: worth another try, and no reason to forget the new one.
                status = 503;
            }
            read_json(
                &response,
                Box::new(move |body| {
                    let answer = match body.and_then(|value| to_node(&value)) {
                        Ok(node) => Ok((status, node)),
                        // Some answers have nothing to say.
                        Err(FetchFailure::NotJson(_)) if status == 202 || status == 204 => Ok((status, Node::Null)),
                        Err(_) if status >= 400 => Err(FetchFailure::Status(status)),
                        Err(failure) => Err(failure),
                    };
                    reply(answer, headers);
                }),
            );
        }),
    );
}

/// Asks which status a media URL has, without taking its bytes.
pub(crate) fn probe(shell: &Rc<Shell>, load: LoadId, url: &str) {
    let init = RequestInit::new();
    put(&init, "cache", &JsValue::from_str("no-store"));
    set_header(&init, "range", "bytes=0-0");
    let me = Rc::downgrade(shell);
    request(
        shell,
        url,
        &init,
        PROBE_TIMEOUT,
        Box::new(move |answered| {
            let status = answered.map(|(response, abort)| {
                abort.abort();
                response.status()
            });
            if let Some(shell) = me.upgrade() {
                shell.send(Event::Probed { load, status });
            }
        }),
    );
}

/// `url` against the document.
pub(crate) fn resolve(shell: &Shell, url: &str) -> Option<String> {
    web_sys::Url::new_with_base(url, &shell.base()).ok().map(|url| url.href())
}

/// Sets the one header of a request.
pub(crate) fn set_header(init: &RequestInit, name: &str, value: &str) {
    put(init, "headers", &option(name, value));
}

type Answered = Box<dyn FnOnce(Option<(Response, AbortController)>)>;

/// One request with a limit on the time until its body is complete.
fn request(shell: &Shell, url: &str, init: &RequestInit, limit: u32, done: Answered) {
    let Ok(abort) = AbortController::new() else { return done(None) };
    put(init, "signal", &abort.signal());
    let late = abort.clone();
    // Aborting what has already ended does nothing, so the timer needs no owner.
    Timeout::new(limit, move || late.abort()).forget();
    let promise = shell.window.fetch_with_str_and_init(url, init);
    settle(&promise, Box::new(move |result| done(result.ok().map(|response| (response.unchecked_into(), abort)))));
}

fn read_json(response: &Response, done: Box<dyn FnOnce(Result<JsValue, FetchFailure>)>) {
    let Ok(promise) = response.json() else { return done(Err(FetchFailure::Unreachable)) };
    settle(
        &promise,
        Box::new(move |result| {
            done(match result {
                Ok(value) => Ok(value),
                // A body that breaks off is a TypeError or AbortError; one that is not JSON is a SyntaxError.
                Err(reason) if reason.is_instance_of::<js_sys::SyntaxError>() => Err(FetchFailure::NotJson(message_of(&reason))),
                Err(_) => Err(FetchFailure::Unreachable),
            })
        }),
    );
}
