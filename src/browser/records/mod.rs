//! Our own database: manifests, chunks, backups and the rest.

mod batch;
mod decode;
mod encode;
mod ours;
mod read;

pub use batch::Prepared;
pub use ours::{Live, Ours};
pub use read::BrowserRecords;
