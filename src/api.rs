//! What the element class may call. Every method only posts an event, or reads.

use std::rc::Rc;

use cliffhanger_core::{Event, Node, Request, Seconds, Target};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use crate::convert::{to_js, to_node};
use crate::env;
use crate::js::Ports;
use crate::opener::Opener;
use crate::shell::Shell;

/// One player, as its element sees it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Controller {
    shell: Rc<Shell>,
}

#[wasm_bindgen]
impl Controller {
    /// A player for `host`, which is in a document. Does nothing until [`Controller::connected`]. The `opener` has read what the buffers in `ports`
    /// were given.
    ///
    /// # Errors
    /// When there is no window, or the browser refuses to make a `<video>`.
    #[wasm_bindgen(constructor)]
    pub fn new(host: HtmlElement, ports: JsValue, opener: Option<Opener>) -> Result<Controller, JsValue> {
        let shell = Shell::new(host, ports.unchecked_into::<Ports>(), opener).ok_or_else(|| JsValue::from_str("no document"))?;
        Ok(Self { shell })
    }

    /// The element was put into, or taken out of, a document.
    pub fn connected(&self, yes: bool) {
        if yes {
            self.shell.scroll.restore(&self.shell);
        }
        self.shell.send(Event::Connected(yes));
    }

    /// An attribute has changed.
    pub fn configured(&self) {
        self.shell.configure();
    }

    /// True while an event is being handled. Seen from outside a call it means that the player broke off in
    /// the middle of one and must not be called again.
    #[wasm_bindgen(getter)]
    pub fn busy(&self) -> bool {
        self.shell.is_pumping()
    }

    /// Calls a method of the element; those that promise something return their promise.
    pub fn call(&self, method: &str, first: JsValue, second: JsValue) -> JsValue {
        let shell = &self.shell;
        let target = || match first.as_f64() {
            Some(n) if n >= 0.0 && n <= f64::from(u32::MAX) && n.trunc() == n => Some(Target::Ordinal(n as u32)),
            Some(_) => None,
            None => first.as_string().map(Target::Id),
        };
        // What cannot be read is sent as null: the core says what is wrong with it.
        let node = |value: &JsValue| to_node(value).unwrap_or(Node::Null);
        let request = match method {
            "play" => return shell.ask(Request::Play),
            "next" => return shell.ask(Request::Next),
            "previous" => return shell.ask(Request::Previous),
            "goTo" => {
                return match target() {
                    Some(target) => shell.ask(Request::GoTo(target)),
                    None => js_sys::Promise::resolve(&JsValue::FALSE).into(),
                };
            }
            "pause" => Request::Pause,
            "append" => Request::Append(node(&first)),
            "grant" => Request::Grant { episode: first.as_string().unwrap_or_default(), grant: node(&second), base: shell.base() },
            "refreshAccess" => Request::RefreshAccess,
            "dismissPaywall" => Request::DismissPaywall,
            "destroy" => Request::Destroy,
            _ => return JsValue::UNDEFINED,
        };
        shell.send(Event::Call { call: None, request });
        JsValue::UNDEFINED
    }

    /// Sets a property of the element.
    pub fn set(&self, name: &str, value: &JsValue) {
        let number = value.as_f64();
        let request = match (name, number) {
            ("muted", _) => Request::SetMuted(value.is_truthy()),
            ("currentTime", Some(number)) => Request::Seek(Seconds::new(number)),
            ("volume", Some(number)) => Request::SetVolume(number),
            ("playbackRate", Some(number)) => Request::SetRate(number),
            _ => return,
        };
        self.shell.send(Event::Call { call: None, request });
    }

    /// Reads a property of the element.
    pub fn get(&self, name: &str) -> JsValue {
        if name == "episodes" {
            self.shell.catch_up(env::now(&self.shell), None);
        }
        // The borrow ends before anything becomes a JavaScript object.
        let node = {
            let core = self.shell.core.borrow();
            match name {
                "paused" => Node::Bool(core.paused()),
                "ended" => Node::Bool(core.ended()),
                "muted" => Node::Bool(core.muted()),
                "isReady" => Node::Bool(core.is_ready()),
                "duration" => Node::Number(core.duration()),
                "currentTime" => Node::Number(core.current_time()),
                "volume" => Node::Number(core.volume()),
                "playbackRate" => Node::Number(core.rate()),
                "access" => core.access().name().into(),
                "series" => core.series(),
                "episodes" => core.episodes(),
                "currentEpisode" => core.current_episode(),
                "paywall" => core.paywall(),
                "stats" => core.stats(),
                "error" => core.error(),
                _ => Node::Null,
            }
        };
        to_js(&node)
    }
}
