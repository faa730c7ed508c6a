//! IndexedDB itself: the one place beneath rexie, for what rexie can't do. Durability, hooks of a
//! connection, limits of every wait, and the cause of every failure.

pub mod connection;
pub mod errors;
pub mod open;
pub mod range;
pub mod request;
pub mod transaction;
