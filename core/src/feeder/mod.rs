//! The feeder: exact bytes of a media resource in, short fragments for a SourceBuffer out.
//!
//! A browser given a whole file fetches the whole file. Here a [`Source`] reads the headers of an MP4 (ISO/IEC 14496-12), says which bytes
//! are wanted for which stretch of time, and makes of them an init segment and fragments of a quarter of a second. No web, no clock, no
//! I/O: the shell fetches what is wanted, pushes what comes, and appends what is taken.
//!
//! Nothing in a file is trusted: sizes, counts and offsets are checked before they are used, memory is bounded by the bytes that came and by
//! constants, and whatever is wrong or not expressible is one [`Fault`], after which the shell plays the resource by plain `src`.

mod bytes;
mod codec;
mod fault;
mod fragment;
mod held;
mod index;
pub mod link;
mod movie;
mod opening;
pub mod plan;
mod playlist;
mod source;
mod tables;
mod time;
mod track;
mod walk;

pub use fault::Fault;
pub use link::Link;
pub use opening::Opening;
pub use plan::{Decision, Flight, Lane, Role, Thrift, plan};
pub use source::{Info, Segment, Source, Want};
pub use time::Micros;
pub use walk::HEAD;
