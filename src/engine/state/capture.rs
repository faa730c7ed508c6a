//! Capturing the current tenant's keys.

use super::super::Engine;
use super::super::install::unsupported;
use super::super::limits::apply;
use super::everything;
use super::held::Held;
use crate::domain::backup::Backup;
use crate::domain::digest::Measure;
use crate::domain::key::Key;
use crate::domain::limits::{Action, Finding, Shown as Seen};
use crate::domain::path::Path;
use crate::domain::recognise::Broken;
use crate::domain::state::{
    Entry, KeyClass, LeftKey, OfferedKey, Registry, Shown, Sorted, StateOrigin, StateSnapshot,
    Taken, Why, shown, sort,
};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Sources};
use std::collections::BTreeSet;

/// What is to be captured.
#[derive(Debug, Clone)]
pub struct Capture {
    /// Which keys there are.
    pub registry: Registry,
    /// Whose keys; must be given if keys of the registry name a tenant.
    pub tenant: Option<String>,
    /// Keys that the caller knows to be the tenant's.
    pub claims: BTreeSet<String>,
    /// Write nothing.
    pub dry_run: bool,
}

/// How a capture differs in a run over everything from one that is called for by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Leave keys that are sessions of a source, or hold them: those have backups of their own.
    pub but_sessions: bool,
    /// Days that the snapshot lives.
    pub days: u32,
}

/// What was captured.
#[derive(Debug, Clone)]
pub struct Captured<B> {
    /// All of it but the values.
    pub snapshot: StateSnapshot,
    /// The values as they may be shown, one for each entry; `None` where nothing of one may be.
    pub values: Vec<Option<B>>,
}

impl Capture {
    /// The tenant whose keys are wanted; `None` where no key names one.
    fn tenant(&self) -> Result<Option<&str>> {
        if !self.registry.has_tenants() {
            return Ok(None);
        }
        let tenant = self.tenant.as_deref().filter(|tenant| !tenant.is_empty());
        let tenant = tenant.ok_or_else(|| Error::InvalidArgument {
            name: "tenantId".into(),
            expected: "must be given, since keys of this registry name their tenant".into(),
        })?;
        Ok(Some(tenant))
    }
}

impl<P: Ports> Engine<P> {
    /// Captures the keys of a registry that are the tenant's, and keeps them as a backup. Fails as
    /// a whole where a single key can't be read.
    pub async fn capture_state(&self, capture: &Capture) -> Result<Captured<P::Body>> {
        let terms = Terms {
            but_sessions: false,
            days: self.config.backup_retention_days,
        };
        self.capture_on(terms, capture).await
    }

    pub(super) async fn capture_on(
        &self,
        terms: Terms,
        capture: &Capture,
    ) -> Result<Captured<P::Body>> {
        let tenant = capture.tenant()?;
        let sorted = self.sorted(capture, terms.but_sessions).await?;
        let (taken, held) = self.read_taken(&sorted).await?;
        let texts: Vec<_> = held.iter().map(|one| one.text.clone()).collect();
        let measured = self.ports.bodies().measure(&texts, &[]).await;
        let measured = measured.map_err(|broken| unsupported(&broken))?;
        let backup = match capture.dry_run || held.is_empty() {
            true => None,
            false => {
                let origin = StateOrigin {
                    registry: capture.registry.name.clone(),
                    tenant_id: tenant.map(str::to_owned),
                    keys: held.len() as u32,
                };
                let store = self.with_state(async |claim| {
                    self.store_snapshot_for(terms.days, claim, origin, ("capture", &held))
                        .await
                });
                Some(store.await?)
            }
        };
        let rows = taken.iter().zip(&held).zip(&measured.full);
        let rows = rows.map(|((taken, held), measure)| self.row(taken, held, *measure));
        let (entries, values) = rows.unzip();
        Ok(Captured {
            snapshot: snapshot(capture, tenant, backup, entries, &sorted),
            values,
        })
    }

    /// Which keys there are, by what becomes of them.
    pub(super) async fn sorted<'r>(
        &self,
        capture: &'r Capture,
        but_sessions: bool,
    ) -> Result<Sorted<'r>> {
        let tenant = capture.tenant()?;
        let keys = self.ports.sources().keys(&everything()).await?;
        let mut sorted = sort(&keys, &capture.registry, tenant, &capture.claims);
        if but_sessions {
            let sources = self.config.sources.iter();
            let sessions: BTreeSet<Key> = sources.flat_map(|source| source.local(&keys)).collect();
            sorted.leave(Why::Session, |key| sessions.contains(&Key::text(key)));
        }
        Ok(sorted)
    }

    /// Reads what is to be captured, one key at a time. What is gone meanwhile is not there.
    async fn read_taken<'s, 'r>(
        &self,
        sorted: &'s Sorted<'r>,
    ) -> Result<(Vec<&'s Taken<'r>>, Vec<Held<P::Body>>)> {
        let (mut taken, mut held) = (Vec::new(), Vec::new());
        for one in &sorted.taken {
            let Some(text) = self.text_now(&one.key).await? else {
                continue;
            };
            taken.push(one);
            held.push(Held {
                key: one.key.clone(),
                class: one.class.name.clone(),
                kind: one.class.kind,
                text,
            });
        }
        Ok((taken, held))
    }

    fn row(
        &self,
        taken: &Taken<'_>,
        held: &Held<P::Body>,
        measure: Measure,
    ) -> (Entry, Option<P::Body>) {
        let bodies = self.ports.bodies();
        let text = bodies.text(&held.text, &Path::default());
        let shown = shown(taken.class, text.as_deref());
        let entry = Entry {
            key: taken.key.clone(),
            class: held.class.clone(),
            kind: held.kind,
            parts: taken.parts.clone(),
            redacted: shown != Shown::Whole,
            size: measure.bytes,
            findings: self.findings(taken.class, &held.text),
        };
        let value = match shown {
            Shown::Whole => Some(held.text.clone()),
            Shown::Masked(text) => Some(bodies.of_text(&text)),
            Shown::Hidden => None,
        };
        (entry, value)
    }
}

impl<P: Ports> Engine<P> {
    /// What the limits of a class find in a text: in its value, if it is JSON that can be read
    /// exactly, and otherwise in the text itself.
    fn findings(&self, class: &KeyClass, text: &P::Body) -> Vec<Finding> {
        if class.limits.is_empty() {
            return Vec::new();
        }
        let bodies = self.ports.bodies();
        let (value, unreadable) = match bodies.parse(text) {
            Ok(value) => (value, None),
            Err(broken) => (None, Some(broken)),
        };
        let value = value.as_ref().unwrap_or(text);
        let limited = apply((bodies, self.ports.clock()), &class.limits, value);
        let secret = class.limits.iter().any(|limit| limit.hidden);
        let told = unreadable.map(|Broken { code, reason }| {
            let was = Seen::of(&bodies.fact(text, &Path::default()), secret);
            Finding {
                code: code.into(),
                path: String::new(),
                action: Action::Warn,
                becomes: was.clone(),
                was,
                why: reason,
            }
        });
        let found = limited.findings.into_list().into_iter();
        told.into_iter().chain(found).collect()
    }
}

fn snapshot(
    capture: &Capture,
    tenant: Option<&str>,
    backup: Option<Backup>,
    entries: Vec<Entry>,
    sorted: &Sorted<'_>,
) -> StateSnapshot {
    let offered = sorted.offered.iter().map(|taken| OfferedKey {
        key: taken.key.clone(),
        class: taken.class.name.clone(),
        parts: taken.parts.clone(),
    });
    let left = sorted.left.iter().map(|(key, why)| LeftKey {
        key: key.clone(),
        why: *why,
    });
    StateSnapshot {
        registry: capture.registry.name.clone(),
        tenant_id: tenant.map(str::to_owned),
        dry_run: capture.dry_run,
        created_at: backup.as_ref().map(|backup| backup.backup_created_at),
        expires_at: backup.as_ref().and_then(|backup| backup.expires_at),
        path: backup.map(|backup| backup.path),
        bytes: entries.iter().map(|entry| entry.size).sum(),
        entries,
        offered: offered.collect(),
        left: left.collect(),
    }
}
