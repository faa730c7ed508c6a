//! Pure decisions: nothing here waits, stores, reads a clock or knows a browser.

pub mod backup;
pub mod checksum;
pub mod chunk_list;
pub mod config;
pub mod console;
pub mod cut;
pub mod digest;
pub mod edit;
pub mod headroom;
pub mod json;
pub mod key;
pub mod layout;
pub mod limits;
pub mod manifest;
pub mod path;
pub mod place;
pub mod presets;
pub mod progress;
pub mod recognise;
pub mod records;
pub mod recovery;
pub mod report;
pub mod retention;
pub mod state;
pub mod time;
pub mod verification;
