//! How long backups live, and what they are called.

use crate::domain::backup::Backup;
use crate::domain::key::Key;
use crate::domain::time::Timestamp;

/// Days that a backup lives unless told otherwise.
pub const DEFAULT_DAYS: u32 = 30;
/// The shortest life of a backup, in days. No option goes below it.
pub const MIN_DAYS: u32 = 1;
/// The longest: a hundred years.
pub const MAX_DAYS: u32 = 36_500;

/// Which backups a clean-up is to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Those that have expired.
    Expired,
    /// Those older than some days, whatever their own expiry.
    OlderThan(u32),
}

/// The name of a backup. The caller adds a suffix where it is taken already.
pub fn backup_path(id: &Key, at: Timestamp, attempt: u32) -> String {
    let id = id.as_suffix().unwrap_or_default();
    named(&format!("sessions/{id}"), at, attempt)
}

fn named(what: &str, at: Timestamp, attempt: u32) -> String {
    let time = at.to_string().replace([':', '.'], "-");
    match attempt {
        0 => format!("{what}.backup-{time}"),
        _ => format!("{what}.backup-{time}-{}", attempt + 1),
    }
}

/// The name of a snapshot of state.
pub fn snapshot_path(registry: &str, tenant: Option<&str>, at: Timestamp, attempt: u32) -> String {
    let of = tenant.map_or_else(String::new, |tenant| format!("/{tenant}"));
    named(&format!("state/{registry}{of}"), at, attempt)
}

/// Whether a backup is due. A backup made in the future, as a clock that jumped would have it,
/// is never due.
pub fn is_due(backup: &Backup, rule: Rule, now: Timestamp) -> bool {
    let oldest_allowed = backup.backup_created_at.plus_days(MIN_DAYS);
    if now < oldest_allowed {
        return false;
    }
    match rule {
        Rule::Expired => backup.expires_at.is_some_and(|expiry| expiry <= now),
        Rule::OlderThan(days) => backup.backup_created_at.plus_days(days) <= now,
    }
}

/// A clock that has moved by more than this since it was last looked at is not believed.
pub const CLOCK_JUMP_DAYS: u32 = 365;

/// Whether the clock can be believed: it is neither before the newest thing that we have written
/// nor implausibly far after it.
pub fn clock_is_sound(newest_record: Option<Timestamp>, now: Timestamp) -> bool {
    newest_record.is_none_or(|newest| newest <= now && now <= newest.plus_days(CLOCK_JUMP_DAYS))
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::backup::Format;
    use crate::domain::digest::Digest;
    use crate::domain::layout::Layout;
    use crate::domain::path::Path;
    use crate::domain::time::DAY_MS;
    use proptest::prelude::*;

    fn backup(created: u64, expires: Option<u64>) -> Backup {
        Backup {
            path: "p".into(),
            id: Key::text("s"),
            backup_created_at: Timestamp(created),
            expires_at: expires.map(Timestamp),
            original_format: Format::Monolithic,
            reason: "migration".into(),
            origin: None,
            state: None,
            layout: Layout {
                version: 1,
                id: Some(Path::dotted("id")),
                label: None,
                arrays: vec![],
                parts: vec![],
            },
            fingerprint: Digest(0),
            bytes: 0,
        }
    }

    #[test]
    fn the_name_carries_the_time_without_colons_and_dots() {
        let at = Timestamp(1_729_773_296_789);
        assert_eq!(
            backup_path(&Key::text("abc123"), at, 0),
            "sessions/abc123.backup-2024-10-24T12-34-56-789Z"
        );
        assert_eq!(
            backup_path(&Key::Number(7.0), at, 1),
            "sessions/7.backup-2024-10-24T12-34-56-789Z-2"
        );
    }

    #[test]
    fn a_backup_without_expiry_never_expires_by_itself() {
        assert!(!is_due(
            &backup(0, None),
            Rule::Expired,
            Timestamp(u64::MAX / 2)
        ));
        assert!(is_due(
            &backup(0, None),
            Rule::OlderThan(30),
            Timestamp(31 * DAY_MS)
        ));
    }

    #[test]
    fn a_clock_that_jumps_is_not_believed() {
        let newest = Some(Timestamp(1000 * DAY_MS));
        assert!(clock_is_sound(newest, Timestamp(1001 * DAY_MS)));
        assert!(!clock_is_sound(newest, Timestamp(999 * DAY_MS)));
        assert!(!clock_is_sound(newest, Timestamp(5000 * DAY_MS)));
        assert!(clock_is_sound(None, Timestamp(0)));
    }

    proptest! {
        #[test]
        fn nothing_younger_than_a_day_is_ever_due(created in 0u64..10_000_000_000_000, age in 0u64..DAY_MS, days in 0u32..100, expires in proptest::option::of(0u64..10_000_000_000_000)) {
            let now = Timestamp(created + age);
            prop_assert!(!is_due(&backup(created, expires), Rule::Expired, now));
            prop_assert!(!is_due(&backup(created, expires), Rule::OlderThan(days), now));
        }

        #[test]
        fn an_expired_backup_stays_expired(created in 0u64..1_000_000_000_000, life in 1u32..100, later in 0u64..1_000_000_000_000) {
            let one = backup(created, Some(Timestamp(created).plus_days(life).0));
            let expiry = one.expires_at.unwrap();
            prop_assert!(!is_due(&one, Rule::Expired, Timestamp(expiry.0 - 1)));
            prop_assert!(is_due(&one, Rule::Expired, Timestamp(expiry.0 + later)));
        }
    }
}
