//! What JavaScript sees: exports of a few lines, types, errors, console functions. No decisions.
//!
//! The types are in `js/index.d.ts`, which a test compares with what is really returned.

mod args;
mod background;
mod console;
mod error;
mod handle;
mod integrity;
mod promise;
mod restow;
mod state;
mod watch;

pub use handle::SessionHandle;
pub use restow::{Restow, open};
