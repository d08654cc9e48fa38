//! The gate's tests over its HTTP surface, in process; the last module starts the real binary.
//!
//! A name that begins with `threat_NN` proves row NN of the threat table.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

mod binary;
mod checkouts;
mod contract;
mod corpora;
mod embeds;
#[cfg(unix)]
mod failures;
#[cfg(unix)]
mod fleet;
mod folders;
mod fuzz;
mod hosts;
#[cfg(unix)]
mod kills;
mod maintenance;
mod manifests;
mod media_paths;
mod media_serving;
mod plays;
mod postgres;
mod races;
mod series_json;
mod shelves;
mod sites;
mod tokens;
mod unlocks;
mod viewers;
