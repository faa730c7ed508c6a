//! A twin of every port, in memory. Several tabs ([`Twin`]) share one [`Disk`]; each tab can be
//! made to fail or to die at any operation, and the disk outlives them.

mod amend;
mod bodies;
mod clock;
mod container;
mod damage;
mod disk;
mod facts;
mod faults;
mod image;
mod late;
mod local;
mod locks;
mod ports;
mod records;
mod run;
mod sealing;
mod sources;
mod transaction;

pub use bodies::TwinBodies;
pub use clock::{TwinClock, Zone, berlin};
pub use disk::Disk;
pub use faults::{Fault, Operation, Tab};
pub use image::{Image, Own, Rows};
pub use locks::{TwinGuard, TwinLocks};
pub use ports::Twin;
pub use records::TwinRecords;
pub use run::{breath, interleave, join2, run};
pub use sources::TwinSources;
