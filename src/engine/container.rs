//! Records that hold many sessions: opened once, and every member told from every other.

use super::Engine;
use super::locate::duplicate;
use super::sweep::Sweep;
use crate::domain::config::KeyRule;
use crate::domain::key::Key;
use crate::domain::place::{Holding, Member as Which, Place};
use crate::domain::recognise::{Broken, IdFact, Row, recognise_member};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Member, Ports, Sources};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Names under which a wrapper is likely to keep a checksum of what it wraps.
const CHECKSUMS: [&str; 9] = [
    "checksum",
    "hash",
    "digest",
    "crc",
    "crc32",
    "md5",
    "sha1",
    "sha256",
    "signature",
];

/// A record that holds sessions, as it was read.
pub(super) struct Held<B> {
    /// What the record has at the path of its body.
    pub stored: B,
    /// The value or the text in which the sessions lie: `stored`, or what was zipped in it.
    pub inner: B,
    /// Whether it was zipped.
    pub zipped: bool,
    /// Whether the sessions lie in JSON text.
    pub is_text: bool,
    pub members: Vec<Member<B>>,
    index: Index,
    /// Why it must not be rewritten, if it must not.
    pub fixed: Option<&'static str>,
}

/// What a record that should hold sessions turned out to be.
pub(super) enum Container<B> {
    /// There is no such record.
    Missing,
    /// It can't be understood.
    Broken(Broken),
    Open(Held<B>),
}

/// What lies at a place.
pub(super) enum At<B> {
    Nothing,
    Found(B),
    /// Several that could be meant.
    Several,
    /// The container can't be understood.
    Unclear,
}

impl<B> Held<B> {
    /// A member and where it is; `Err` if several could be meant.
    pub fn find(&self, which: &Which) -> Result<Option<(usize, &Member<B>)>, Ambiguous> {
        let at = match which {
            Which::Id(id) => one(self.index.ids.get(id))?,
            Which::Name(name) => one(self.index.names.get(name))?,
            Which::Index(index) => Some(*index as usize),
        };
        Ok(at.and_then(|at| Some((at, self.members.get(at)?))))
    }

    /// The place of each member, and what it is. A name that only one has is what it is found by
    /// later, wherever it then stands.
    pub fn rows(&self, slot: &Place, holding: &Holding, keys: KeyRule) -> Vec<(Place, Row)> {
        let rows = self.members.iter().map(|member| {
            let row = recognise_member(keys, member.name.as_ref(), &member.facts);
            match (row, &member.broken) {
                (Row::Session(id), Some(broken)) => Row::Broken(Some(id), broken.clone()),
                (row, _) => row,
            }
        });
        let mut rows: Vec<Row> = rows.collect();
        let mut counts: BTreeMap<Key, u32> = BTreeMap::new();
        for id in rows.iter().filter_map(Row::id) {
            *counts.entry(id.clone()).or_default() += 1;
        }
        for row in &mut rows {
            if let Some(id) = row.id().filter(|id| counts.get(id).is_some_and(|n| *n > 1)) {
                *row = Row::Broken(Some(id.clone()), duplicate());
            }
        }
        let members = (0..).zip(&self.members).zip(rows);
        members
            .map(|((index, member), row)| {
                let which = match (&member.name, row.id()) {
                    (Some(name), _) => Which::Name(name.clone()),
                    (None, Some(id)) if counts.get(id) == Some(&1) => Which::Id(id.clone()),
                    (None, _) => Which::Index(index),
                };
                (slot.member(holding, which), row)
            })
            .collect()
    }
}

/// Several members could be meant.
#[derive(Debug)]
pub(super) struct Ambiguous;

/// Members by what they are found by, so that thousands are found in one walk.
#[derive(Default)]
struct Index {
    ids: BTreeMap<Key, Vec<usize>>,
    names: BTreeMap<Key, Vec<usize>>,
}

impl Index {
    fn of<B>(members: &[Member<B>]) -> Self {
        let mut index = Self::default();
        for (at, member) in members.iter().enumerate() {
            if let IdFact::Id(id) = &member.facts.id {
                index.ids.entry(id.clone()).or_default().push(at);
            }
            if let Some(name) = &member.name {
                index.names.entry(name.clone()).or_default().push(at);
            }
        }
        index
    }
}

fn one(found: Option<&Vec<usize>>) -> Result<Option<usize>, Ambiguous> {
    match found.map(Vec::as_slice) {
        None | Some([]) => Ok(None),
        Some([at]) => Ok(Some(*at)),
        Some(_) => Err(Ambiguous),
    }
}

impl<P: Ports> Engine<P> {
    /// Opens the record that holds sessions; once in a run, however many of them are looked at.
    pub(super) async fn container(
        &self,
        slot: &Place,
        holding: &Holding,
        sweep: &Sweep<P::Body>,
    ) -> Result<Rc<Container<P::Body>>> {
        if let Some(seen) = sweep.seen(slot, holding) {
            return Ok(seen);
        }
        let opened = match self.ports.sources().read(slot).await? {
            None => Container::Missing,
            Some(record) => match self.held(&record, holding).await {
                Ok(held) => Container::Open(held),
                Err(broken) => Container::Broken(broken),
            },
        };
        let opened = Rc::new(opened);
        sweep.saw(slot, holding, &opened);
        Ok(opened)
    }

    /// Takes a record apart that holds sessions.
    pub(super) async fn held(
        &self,
        record: &P::Body,
        holding: &Holding,
    ) -> Result<Held<P::Body>, Broken> {
        let stored = self.stored_in(record, holding)?;
        let zipped = match holding.wrapping.gzip {
            true => self.ports.bodies().unzip(&stored).await?,
            false => None,
        };
        self.held_in(record, stored, zipped, holding)
    }

    /// The same at once, for what is known not to be zipped.
    pub(super) fn held_now(
        &self,
        record: &P::Body,
        holding: &Holding,
    ) -> Result<Held<P::Body>, Broken> {
        let stored = self.stored_in(record, holding)?;
        self.held_in(record, stored, None, holding)
    }

    fn stored_in(&self, record: &P::Body, holding: &Holding) -> Result<P::Body, Broken> {
        let stored = self.ports.bodies().get(record, &holding.wrapping.body);
        stored.ok_or_else(|| Broken::new("NoSessionsThere", "it has no body"))
    }

    fn held_in(
        &self,
        record: &P::Body,
        stored: P::Body,
        unzipped: Option<P::Body>,
        holding: &Holding,
    ) -> Result<Held<P::Body>, Broken> {
        let bodies = self.ports.bodies();
        let zipped = unzipped.is_some();
        let inner = unzipped.unwrap_or_else(|| stored.clone());
        let members = bodies.members(&inner, &holding.collection, &holding.id)?;
        Ok(Held {
            fixed: self.fixed(record, &stored, holding),
            stored,
            is_text: bodies.is_text(&inner),
            index: Index::of(&members),
            inner,
            zipped,
            members,
        })
    }

    /// Why a record must not be rewritten: the browser would lose Blobs of its neighbours, or the
    /// application would find its checksum wrong.
    fn fixed(&self, record: &P::Body, stored: &P::Body, holding: &Holding) -> Option<&'static str> {
        let bodies = self.ports.bodies();
        if !bodies.may_be_written_back(record) {
            return Some("this browser may lose its Blobs when it is written again");
        }
        if let Some(checksum) = &holding.checksum {
            let present = bodies.text(record, &checksum.path)?;
            let right = bodies.summed(stored).map(|text| checksum.rule.of(&text));
            return (right.as_ref() != Some(&present))
                .then_some("its checksum is not what its rule says");
        }
        let (above, _) = holding.wrapping.body.split_last()?;
        let there = |name: &str| bodies.get(record, &above.child(name)).is_some();
        CHECKSUMS
            .iter()
            .any(|name| there(name))
            .then_some("its wrapper seems to hold a checksum, and no rule for it is configured")
    }

    /// What lies at a place: a record, or one member of it.
    pub(super) async fn read_at(
        &self,
        place: &Place,
        sweep: &Sweep<P::Body>,
    ) -> Result<At<P::Body>> {
        let Some(within) = &place.within else {
            let record = self.ports.sources().read(place).await?;
            return Ok(record.map_or(At::Nothing, At::Found));
        };
        let slot = place.slot();
        let container = match self.container(&slot, &within.holding, sweep).await {
            Err(Error::Unreadable { .. }) => return Ok(At::Unclear),
            container => container?,
        };
        let held = match container.as_ref() {
            Container::Missing => return Ok(At::Nothing),
            Container::Broken(_) => return Ok(At::Unclear),
            Container::Open(held) => held,
        };
        Ok(match held.find(&within.member) {
            Err(Ambiguous) => At::Several,
            Ok(None) => At::Nothing,
            Ok(Some((_, member))) => At::Found(member.body.clone()),
        })
    }
}
