//! Browser interfaces that web-sys lacks, or has without a guard against exceptions.
//!
//! An exception that passes through wasm skips every destructor on its way, so whatever a page can make
//! throw is bound here with `catch`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What the element class lends to the shell.
    pub(crate) type Ports;

    /// The response to a URL that the element has asked for while the wasm was on its way, once; `undefined` when it has not.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn take(this: &Ports, url: &str) -> Result<JsValue, JsValue>;

    /// Asks for the bytes from `from` up to but without `until`, or the end if that is zero, and tells every [`Piece`] of the answer.
    /// Of what is not `urgent`, many pieces may come as one.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn ask(
        this: &Ports,
        url: &str,
        from: f64,
        until: f64,
        urgent: bool,
        cookies: bool,
        tell: &JsValue,
    ) -> Result<Asking, JsValue>;

    /// What has been asked for and not all come.
    pub(crate) type Asking;

    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &Asking);

    /// Dispatches `unlockrequest`. `undefined`: nobody answered; `true`: prevented; else the promise given.
    #[wasm_bindgen(method, catch, js_name = requestUnlock)]
    pub(crate) fn request_unlock(this: &Ports, detail: &JsValue) -> Result<JsValue, JsValue>;

    /// Loads the second wasm; a promise.
    #[wasm_bindgen(method, catch, js_name = loadLater)]
    pub(crate) fn load_later(this: &Ports) -> Result<JsValue, JsValue>;

    /// Plays an HLS playlist with a script, and returns what stops that; nothing where the browser plays it as `src` or no script was named.
    #[wasm_bindgen(method, catch, js_name = playHls)]
    pub(crate) fn play_hls(this: &Ports, video: &web_sys::HtmlVideoElement, url: &str) -> Result<Option<js_sys::Function>, JsValue>;

    /// Sets or clears a custom state of the element.
    #[wasm_bindgen(method, catch, js_name = setState)]
    pub(crate) fn set_state(this: &Ports, name: &str, on: bool) -> Result<(), JsValue>;

    /// Anything with a `then`.
    pub(crate) type Thenable;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn then(this: &Thenable, kept: &JsValue, broken: &JsValue) -> Result<JsValue, JsValue>;

    /// `HTMLVideoElement` where it can tell about frames.
    pub(crate) type FrameVideo;

    #[wasm_bindgen(method, catch, js_name = requestVideoFrameCallback)]
    pub(crate) fn request_video_frame_callback(this: &FrameVideo, callback: &JsValue) -> Result<u32, JsValue>;

    /// What comes of a range, piece by piece.
    pub(crate) type Piece;

    /// Of a response, and nothing else has one.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn status(this: &Piece) -> u16;

    /// Where the bytes of a response begin, and of how many they are a part; not a number when it does not say.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn from(this: &Piece) -> f64;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn total(this: &Piece) -> f64;

    /// Bytes.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn value(this: &Piece) -> Option<Vec<u8>>;

    /// Whether these are the last.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn done(this: &Piece) -> bool;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    pub(crate) fn entries(object: &JsValue) -> Result<js_sys::Array, JsValue>;

    /// Never fails with the names the player gives it; that spares every caller a way out.
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    pub(crate) fn create_element(tag: &str) -> web_sys::HtmlElement;

    #[wasm_bindgen(js_namespace = document, js_name = createElementNS)]
    pub(crate) fn create_element_ns(namespace: &str, tag: &str) -> web_sys::Element;

    /// `Intl.NumberFormat`
    #[wasm_bindgen(js_namespace = Intl)]
    pub(crate) type NumberFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = NumberFormat)]
    pub(crate) fn new(language: &JsValue, options: &JsValue) -> Result<NumberFormat, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn format(this: &NumberFormat, value: f64) -> Result<String, JsValue>;

    #[wasm_bindgen(method, catch, js_name = resolvedOptions)]
    pub(crate) fn resolved_options(this: &NumberFormat) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL: JsValue;
}

/// `globalThis`; `js_sys::global` also knows where to look in browsers that have none.
pub(crate) fn global() -> JsValue {
    GLOBAL.with(JsValue::clone)
}

/// A new `ManagedMediaSource`, the only one an iPhone has, else `MediaSource`.
pub(crate) fn media_source() -> Option<web_sys::MediaSource> {
    let global = global();
    let made = ["ManagedMediaSource", "MediaSource"].iter().find_map(|name| construct(&global, name, &JsValue::UNDEFINED));
    made.map(JsCast::unchecked_into)
}

/// A new object of a class that may not be there.
#[inline(never)]
pub(crate) fn construct(holder: &JsValue, class: &str, argument: &JsValue) -> Option<JsValue> {
    let class: js_sys::Function = get(holder, class).dyn_into().ok()?;
    js_sys::Reflect::construct(&class, &js_sys::Array::of1(argument)).ok()
}

/// Sets a property, unless the object refuses.
pub(crate) fn put(object: &JsValue, name: &str, value: &JsValue) {
    let _ = js_sys::Reflect::set(object, &JsValue::from_str(name), value);
}

/// Reads a property; `undefined` when that fails.
#[inline(never)]
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method that may not be there; what it throws breaks a promise.
#[inline(never)]
pub(crate) fn call(object: &JsValue, name: &str, argument: &JsValue) -> JsValue {
    let Ok(method) = get(object, name).dyn_into::<js_sys::Function>() else {
        return js_sys::Promise::reject(&JsValue::UNDEFINED).into();
    };
    method.call1(object, argument).unwrap_or_else(|reason| js_sys::Promise::reject(&reason).into())
}

/// Calls a method with two arguments that may not be there, or may throw. `Map.forEach` hands a value and its key to what it calls:
/// a call with two arguments of our own would be one more function of the glue.
#[inline(never)]
pub(crate) fn call_two(object: &JsValue, name: &str, first: &JsValue, second: &JsValue) {
    let method = call(&get(object, name), "bind", object);
    let entry = js_sys::Array::of1(second);
    put(&entry, "1", first);
    if let Some(map) = construct(&global(), "Map", &js_sys::Array::of1(&entry)) {
        call(&map, "forEach", &method);
    }
}

/// An object with one member: the options that most browser interfaces take.
#[inline(never)]
pub(crate) fn option<T: JsCast>(name: &str, value: impl Into<JsValue>) -> T {
    let object = js_sys::Object::new();
    put(&object, name, &value.into());
    object.unchecked_into()
}
