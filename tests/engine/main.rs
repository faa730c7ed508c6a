//! The engine on the memory twin: every promise about stored sessions, kept through deaths, faults,
//! other tabs and hostile data. One binary, so that the twin is built once.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod backups;
mod batch;
mod calls;
mod changes;
mod chats;
mod checksums;
mod clocks;
mod conflicts;
mod container_deaths;
mod container_tabs;
mod containers;
mod copies;
mod counted;
mod damage;
mod deaths;
mod dry;
mod dying;
mod edits;
mod everything;
mod failing;
mod frozen;
mod headroom;
mod hostile;
mod in_touch;
mod lab;
mod late;
mod layouts;
mod limits;
mod local;
mod migrate;
mod needed;
mod opening;
mod originals;
mod picture;
mod precedence;
mod properties;
mod recorded;
mod recoveries;
mod rollback;
mod shelf;
mod state;
mod status;
mod tabs;
