//! What is said where storage does not suffice, with the calls that may help.

use super::bytes;
use crate::domain::headroom::{Help, Shortage};

/// A run that was refused.
pub fn not_begun(shortage: &Shortage) -> String {
    let figures = figures(shortage);
    format!(
        "🛑 Not started, nothing was changed: storage does not suffice\n   {figures}\n{}",
        help(shortage)
    )
}

/// A run that has stopped on its way.
pub(super) fn stopped(shortage: &Shortage) -> String {
    let figures = figures(shortage);
    format!(
        "\n🛑 Stopped: storage does not suffice for the next session\n   {figures}\n{}",
        help(shortage)
    )
}

/// What a rehearsal foresees.
pub(super) fn rehearsed(shortage: &Shortage) -> String {
    let figures = figures(shortage);
    format!(
        "\n⚠️  Storage may not suffice: {figures}\n{}",
        help(shortage)
    )
}

fn figures(shortage: &Shortage) -> String {
    format!(
        "about {} needed, {} free, {} missing",
        bytes(shortage.needed),
        bytes(shortage.available),
        bytes(shortage.missing)
    )
}

fn help(shortage: &Shortage) -> String {
    let call = |help: &Help| {
        match help {
        Help::Fewer { count } => format!(
            "   Migrate only what fits, {count} sessions:\n      runChunkedMigration({{ headroom: 'fit' }})\n"
        ),
        Help::Cleanup { bytes: expired } => format!(
            "   Remove expired backups, {}:\n      cleanupBackups(undefined, true)\n",
            bytes(*expired)
        ),
        Help::Persist => "   Ask the browser to keep this storage, which may give it more room:\n      navigator.storage.persist()\n".into(),
    }
    };
    let calls: String = shortage.help.iter().map(call).collect();
    match calls.is_empty() {
        true => "💡 Free some space on this device, then run again.\n".into(),
        false => format!("💡 What may help:\n{calls}"),
    }
}
