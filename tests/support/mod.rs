//! What the tests stand on: values, the memory twin of every port, and the contract suite that runs
//! on the twin and on the real thing. It compiles for the host and for wasm32 alike.

// Each test crate uses a part of it, and tests may fail loudly.
#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod checked;
pub mod contract;
pub mod twin;
pub mod value;
