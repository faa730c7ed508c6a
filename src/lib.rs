//! Restow moves the data that a web app has already stored in people's browsers to a better
//! shape, and never loses any of it.
//!
//! Dependencies point one way: `api` → [`engine`] → {[`domain`], [`ports`]} ← `browser`, and
//! `api` builds the engine with the browser. Only `browser` and `api` name browser types; the
//! rest compiles and is tested on any host.

pub mod domain;
pub mod engine;
pub mod error;
pub mod ports;

#[cfg(target_arch = "wasm32")]
pub mod api;
#[cfg(target_arch = "wasm32")]
pub mod browser;

pub use error::{Error, Result};
