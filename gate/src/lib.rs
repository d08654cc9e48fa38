//! The gate: the server that makes the paywall real.
//!
//! A locked episode has no media URL in anything a browser can get, and no byte of it leaves the machine. The overlay in
//! the player is manners; the wall is here.
//!
//! The way of a request: [`app`] routes it; [`media`] guards files, [`play`] hands out addresses, [`manifest`] tells what
//! anyone may know; all of them ask [`access`], which alone decides. The way of a folder: [`import`] reads it, checks
//! [`authoring`] manifests strictly, gives ids that stay, and builds the [`catalog`].

pub mod access;
pub mod app;
pub mod authoring;
pub mod catalog;
pub mod cli;
pub mod clock;
pub mod data_dir;
pub mod db;
pub mod grammar;
pub mod import;
pub mod links;
pub mod log;
pub mod manifest;
pub mod manifest_http;
pub mod media;
pub mod mp4;
mod percent;
pub mod play;
mod player_files;
pub mod posters;
pub mod problem;
pub mod random;
pub mod serve;
pub mod token;
pub mod web;
