//! Our own database: manifests, chunks, backups and the rest.

mod batch;
mod census;
mod decode;
mod encode;
mod group;
mod handover;
mod live;
mod load;
mod op;
mod ours;
mod pulse;
mod read;
mod storage;

pub use batch::Prepared;
pub use live::Live;
pub use ours::Ours;
pub use read::BrowserRecords;
