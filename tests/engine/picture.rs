//! What a disk looks like to the person and to a tidy mind, so that two ways to the same end can be
//! compared.

use crate::lab::Lab;
use crate::support::twin::{Rows, run};
use crate::support::value::Value;
use restow::domain::backup::Format;
use restow::domain::key::Key;
use restow::domain::manifest::State;
use restow::domain::report::MigrationStatus;
use restow::domain::time::Timestamp;
use restow::engine::Counting;
use std::collections::{BTreeMap, BTreeSet};

/// What the audit notes together with the removal of a record. Source and audit are two databases:
/// a death or a power cut between their commits may cost that line. The backup still tells.
const WITH_REMOVAL: [&str; 3] = ["delete", "remove-original", "resolve-conflict"];

/// Everything that must be the same in the end, whatever happened on the way.
#[derive(Debug, PartialEq)]
pub struct Picture {
    pub status: MigrationStatus,
    pub sources: BTreeMap<String, BTreeMap<String, Rows>>,
    pub local: Rows,
    pub sessions: BTreeMap<Key, (State, bool, Option<Value>)>,
    pub backups: Vec<(Key, String, Format, Value, Value)>,
    pub quarantine: BTreeSet<(String, String)>,
    pub audit: BTreeSet<(String, Key)>,
}

impl Picture {
    /// Looks at a disk and fails if anything on it is untidy. Changes nothing there.
    pub fn of(lab: &Lab) -> Self {
        tidy(lab);
        Self::rough(lab)
    }

    /// The same without asking for tidiness.
    pub fn rough(lab: &Lab) -> Self {
        let lab = lab.fork();
        let own = lab.disk.own().unwrap_or_default();
        let tab = lab.tab();
        let exact = Counting {
            exact: true,
            dry_run: true,
        };
        let status = MigrationStatus {
            // When it was is no matter of where everything stands.
            counted_at: Timestamp::default(),
            ..run(tab.status(exact)).unwrap()
        };
        let sessions = own.manifests.iter().map(|(id, (manifest, _))| {
            let body = manifest
                .is_live()
                .then(|| run(tab.load_full(id)).unwrap().unwrap());
            (id.clone(), (manifest.state, manifest.edited, body))
        });
        let sessions = sessions.collect();
        let mut backups = Vec::new();
        // A death may leave one more backup of the same: that harms no one.
        for (head, envelope, session) in own.backups.into_values() {
            let format = head.original_format;
            let one = (head.id, head.reason, format, envelope, session);
            if !backups.contains(&one) {
                backups.push(one);
            }
        }
        let quarantine = own.quarantine.into_values();
        let audit = own.audit.into_iter();
        Self {
            status,
            sources: lab.disk.image().sources,
            local: lab.disk.image().local,
            sessions,
            backups,
            quarantine: quarantine.map(|entry| (entry.place, entry.code)).collect(),
            audit: audit.map(|entry| (entry.action, entry.id)).collect(),
        }
    }
}

impl Picture {
    /// Takes over what may differ after a failure: a line of the audit that goes with a removal,
    /// and backups that a call made before it failed.
    pub fn settle(&mut self, wanted: &Self) {
        let lost = wanted.audit.difference(&self.audit).cloned();
        let lost: Vec<_> = lost
            .filter(|(action, _)| WITH_REMOVAL.contains(&&**action))
            .collect();
        self.audit.extend(lost);
    }

    /// What differs, field by field, each cut short: bodies are long.
    pub fn differences(&self, wanted: &Self) -> Vec<String> {
        fn field<T: std::fmt::Debug + PartialEq>(name: &str, found: &T, wanted: &T) -> Vec<String> {
            if found == wanted {
                return vec![];
            }
            let short = |value: &T| format!("{value:?}").chars().take(1500).collect::<String>();
            vec![format!(
                "{name}: {}\n  instead of {}",
                short(found),
                short(wanted)
            )]
        }
        [
            field("status", &self.status, &wanted.status),
            field("sources", &self.sources, &wanted.sources),
            field("local", &self.local, &wanted.local),
            field("sessions", &self.sessions, &wanted.sessions),
            field("backups", &self.backups, &wanted.backups),
            field("quarantine", &self.quarantine, &wanted.quarantine),
            field("audit", &self.audit, &wanted.audit),
        ]
        .concat()
    }
}

/// Nothing is left over: no journal, no lease, no chunk that no manifest knows, and everything that
/// is stored passes its check.
pub fn tidy(lab: &Lab) {
    let Some(own) = lab.disk.own() else { return };
    assert!(own.journal.is_empty(), "journal: {:?}", own.journal);
    assert!(own.leases.is_empty(), "leases: {:?}", own.leases);
    let live = |id: &Key, generation: u32| {
        let manifest = own.manifests.get(id).map(|(manifest, _)| manifest);
        manifest.is_some_and(|m| m.is_live() && m.generation == generation)
    };
    for (id, generation, name) in own.pieces.keys() {
        assert!(live(id, *generation), "{name} of {id} has no owner");
    }
    for (id, generation) in own.lists.keys() {
        assert!(live(id, *generation), "a list of {id} has no owner");
    }
    let tab = lab.fork().tab();
    for (id, (manifest, _)) in &own.manifests {
        match manifest.state {
            State::Committed => {
                let mut result = run(tab.verify_session(id)).unwrap();
                // Some tests damage backups: what counts here is what is read.
                let backup = restow::domain::damage::Store::Backups;
                result.problems.retain(|problem| problem.store != backup);
                assert!(result.problems.is_empty(), "{id}: {:?}", result.problems);
            }
            State::RolledBack => {}
            state => panic!("{id} was left {state:?}"),
        }
    }
}

/// Every body that is kept anywhere: in a source, in chunks that rule, or in a backup.
pub fn bodies_kept(lab: &Lab) -> Vec<Value> {
    let image = lab.disk.image();
    let own = image.own.unwrap_or_default();
    let tab = lab.fork().tab();
    let live = own.manifests.values().filter(|(m, _)| m.is_live());
    let chunked = live.map(|(manifest, _)| run(tab.load_full(&manifest.id)).unwrap().unwrap());
    // A backup that was staged with a migration goes with it: the source still rules.
    let staged = own
        .manifests
        .values()
        .filter(|(m, _)| m.state == State::Staged);
    let staged: Vec<_> = staged.filter_map(|(m, _)| m.backup.clone()).collect();
    let backups = own.backups.into_iter();
    let backups = backups.filter(|(path, _)| !staged.contains(path));
    let backups = backups.map(|(_, (.., session))| session);
    let sources = image.sources.into_values().flat_map(BTreeMap::into_values);
    let rows = sources.flat_map(BTreeMap::into_values);
    let rows = rows.filter_map(|row| row.child("data"));
    chunked.chain(backups).chain(rows).collect()
}

/// The bodies of all backups.
pub fn backup_bodies(lab: &Lab) -> Vec<Value> {
    let own = lab.disk.own().unwrap_or_default();
    own.backups.into_values().map(|(.., body)| body).collect()
}
