//! One tab of an application that uses Restow.

use super::bodies::TwinBodies;
use super::clock::TwinClock;
use super::disk::Disk;
use super::faults::Tab;
use super::locks::TwinLocks;
use super::records::TwinRecords;
use super::sources::TwinSources;
use crate::support::value::Value;
use restow::ports::Ports;

/// All ports of one tab. Cloning it makes another handle of the same tab.
#[derive(Clone)]
pub struct Twin {
    tab: Tab,
    disk: Disk,
    bodies: TwinBodies,
    sources: TwinSources,
    records: TwinRecords,
    locks: TwinLocks,
    clock: TwinClock,
}

impl Twin {
    /// A new tab on a disk.
    pub fn new(disk: &Disk) -> Self {
        let tab = Tab::new(disk);
        Self {
            bodies: TwinBodies,
            sources: TwinSources::new(disk, &tab),
            records: TwinRecords::new(disk, &tab),
            locks: TwinLocks::new(disk, &tab),
            clock: disk.clock().clone(),
            disk: disk.clone(),
            tab,
        }
    }

    /// Its life: trace, faults, death.
    pub fn tab(&self) -> &Tab {
        &self.tab
    }

    /// The disk it works on.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Ends this tab, if it has not died yet, and opens a new one on the same disk.
    pub fn restart(&self) -> Self {
        self.tab.kill();
        Self::new(&self.disk)
    }
}

impl Ports for Twin {
    type Body = Value;
    type Bodies = TwinBodies;
    type Sources = TwinSources;
    type Records = TwinRecords;
    type Locks = TwinLocks;
    type Clock = TwinClock;

    fn bodies(&self) -> &TwinBodies {
        &self.bodies
    }

    fn sources(&self) -> &TwinSources {
        &self.sources
    }

    fn records(&self) -> &TwinRecords {
        &self.records
    }

    fn locks(&self) -> &TwinLocks {
        &self.locks
    }

    fn clock(&self) -> &TwinClock {
        &self.clock
    }
}
