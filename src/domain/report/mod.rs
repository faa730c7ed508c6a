//! What calls return. These are the plain objects that JavaScript sees, field for field.

mod backup;
mod integrity;
mod run;
mod session;
mod status;

pub use backup::{BackupRow, CleanupResult, KeptBackup, RollbackResult};
pub use integrity::{Left, RepairResult, Repaired, VerifyAllResult, VerifyResult};
pub use run::{BatchError, BatchMigrationResult, Part, Quota, RemoveOriginalsResult};
pub use session::{Outcome, PhaseTimes, SessionMigrationResult, Warning};
pub use status::{MigrationNeed, MigrationStatus, SessionRow, SessionState, UnreadableSource};
