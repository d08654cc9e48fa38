//! The gate: the server that makes the paywall real.
//!
//! A locked episode has no media URL in anything a browser can get, and no byte of it leaves the machine. The overlay in
//! the player is manners; the wall is here.
//!
//! The way of a request: [`app`] routes it; [`media`] guards files, [`api::play`] hands out addresses, [`manifest`] tells what
//! anyone may know; all of them ask [`access`], which alone decides. [`shop`] keeps what viewers own and the books. The way of a folder: [`import`] reads it, checks
//! [`authoring`] manifests strictly, gives ids that stay, and builds the [`catalog`].

pub mod access;
pub mod api;
pub mod app;
pub mod authoring;
pub mod catalog;
pub mod chores;
pub mod cli;
pub mod clock;
pub mod data_dir;
pub mod db;
pub mod grammar;
pub mod grant;
pub mod import;
pub mod limits;
pub mod links;
pub mod log;
pub mod maintenance;
pub mod manifest;
pub mod manifest_http;
pub mod media;
pub mod mp4;
pub mod offers;
pub mod payments;
mod percent;
mod player_files;
pub mod posters;
pub mod problem;
pub mod random;
pub mod serve;
pub mod server;
pub mod shop;
pub mod telemetry;
pub mod token;
pub mod web;
