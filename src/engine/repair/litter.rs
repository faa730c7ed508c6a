//! Small records that no session needs: leases of the dead, and what can't be understood.

use super::{BRIEFLY_MS, Mended, Mending};
use crate::domain::damage::{Flaw, Store};
use crate::domain::key::Key;
use crate::domain::state;
use crate::engine::Engine;
use crate::engine::shelves::Shelves;
use crate::engine::verify::problem;
use crate::error::{Error, Result};
use crate::ports::{Clock, Durability, Ports, Write};

impl<P: Ports> Engine<P> {
    /// Leases go that have ended or can't be understood, and entries of the quarantine that can't:
    /// the next run finds such a session anew.
    pub(super) async fn remove_litter(
        &self,
        shelves: &Shelves,
        mending: &mut Mending<'_>,
    ) -> Result<()> {
        let dry_run = mending.options.dry_run;
        let of_quarantine = mending.take(|problem| problem.store == Store::Quarantine);
        for problem in of_quarantine {
            let done = self.remove_quarantine(&problem.place, dry_run).await;
            let done = done.map(|()| Mended::Done("remove-quarantine", None));
            mending.settle(vec![problem], done)?;
        }
        let bad = shelves.bad.iter();
        let bad = bad.filter(|record| record.store == Store::Leases);
        for id in bad.map(|record| &record.key) {
            let problems = mending
                .take(|one| one.store == Store::Leases && one.session_id.as_ref() == Some(id));
            // Nobody can hold what can't be understood: its holder's next write would fail.
            let done = self.drop_lease(id, dry_run).await;
            let done = done.map(|()| Mended::Done("remove-lease", None));
            mending.settle(problems, done)?;
        }
        let now = self.ports.clock().now();
        for lease in &shelves.census.leases {
            let wanted = mending.options.id.as_ref();
            if wanted.is_some_and(|wanted| wanted != &lease.id) {
                continue;
            }
            let done = self.drop_lease(&lease.id, dry_run).await;
            if lease.until > now || matches!(done, Err(Error::Busy { .. })) {
                // It may be somebody's still; with the lock it was dropped without a word.
                continue;
            }
            let ended = problem(Flaw::Orphan, (&lease.id, Store::Leases), "lease".into());
            let done = done.map(|()| Mended::Done("remove-lease", None));
            mending.settle(vec![ended], done)?;
        }
        Ok(())
    }

    async fn remove_quarantine(&self, place: &str, dry_run: bool) -> Result<()> {
        if dry_run {
            return Ok(());
        }
        let claim = self.claim_within(&state::id(), BRIEFLY_MS).await;
        let writes = vec![
            Write::DeleteQuarantine(place.to_owned()),
            Write::Audit(self.repair_audit(&state::id(), None)),
        ];
        self.write(&claim, Vec::new(), writes, Durability::Relaxed, 0, true)
            .await
    }

    /// Taken and given up.
    async fn drop_lease(&self, id: &Key, dry_run: bool) -> Result<()> {
        if dry_run {
            return Ok(());
        }
        let claim = self.claim_within(id, BRIEFLY_MS).await;
        let (expect, writes) = (Vec::new(), Vec::new());
        self.write(&claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }
}
