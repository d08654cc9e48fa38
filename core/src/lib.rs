//! The Cliffhanger player as a pure state machine.
//!
//! Events go in, effects come out: no web, no clock, no randomness, no I/O. The browser shell, tests in virtual
//! time and the gate all drive the same code.
//!
//! ```
//! use cliffhanger_core::{Config, Event, Instant, Player};
//!
//! let mut player = Player::new(Config { src: Some("series.json".into()), ..Config::default() }, Instant(0));
//! let effects = player.handle(Instant(0), Event::Connected(true));
//! assert!(matches!(effects[0], cliffhanger_core::Effect::FetchManifest { .. }));
//! ```

pub mod access;
pub mod config;
pub mod effect;
pub mod event;
pub mod fault;
pub mod feeder;
pub mod later;
pub mod manifest;
pub mod node;
pub mod player;
pub mod shop;
pub mod surface;
pub mod text;
pub mod time;
pub mod url;
pub mod view;

pub use config::Config;
pub use effect::{Effect, Effects, Outcome, Preload};
pub use event::{
    Action, AskId, CallId, Cancelable, Event, FetchFailure, FetchId, Key, LoadId, Part, Request, Signal, Slot, Step, Target, UnlockReply,
};
pub use node::Node;
pub use player::Player;
pub use time::{Instant, Millis, Seconds, WallMs};
pub use view::View;
