//! The browser shell: the only Rust that knows the DOM.
//!
//! The core decides, the shell obeys, JavaScript is a mailbox. Whatever happens becomes an event in
//! [`shell::Shell`]'s inbox; one loop gives it to the core and performs the effects that come back.

/// Smaller than the standard library's.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

mod api;
mod convert;
mod dom;
mod effects;
mod env;
#[cfg_attr(cliffhanger_unfed, path = "unfed.rs")]
mod feeder;
mod input;
mod js;
mod keys;
mod later;
mod lazy;
mod money;
mod net;
mod opener;
mod render;
mod scroll;
mod sheet;
mod shell;
mod slide;
mod stage;
mod storage;
mod strings;
mod style;
mod tree;
mod video;
mod wheel;

pub use api::Controller;
pub use opener::Opener;
