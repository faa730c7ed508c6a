//! The ports for real: IndexedDB, Web Locks, the browser's clocks, and values as it holds them.

mod clock;
mod codec;
mod differences;
mod idb;
mod js;
mod key;
mod line;
mod locks;
mod records;
mod schema;
mod slot;
mod sources;
mod timer;
mod values;

pub use clock::BrowserClock;
pub use codec::{from_js, to_js};
pub use differences::differences;
pub use idb::errors::{cause, thrown};
pub use key::{key_from_js, key_to_js};
pub use locks::{Guard, WebLocks};
pub use records::BrowserRecords;
pub use sources::BrowserSources;
pub use values::JsBodies;

use crate::ports::Ports;
use records::Ours;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// All ports of the browser.
pub struct BrowserPorts {
    bodies: JsBodies,
    sources: BrowserSources,
    records: BrowserRecords,
    locks: WebLocks,
    clock: BrowserClock,
    ours: Rc<Ours>,
}

impl BrowserPorts {
    /// Ports whose own database has that name. Opens nothing yet.
    pub fn new(database: &str) -> Self {
        let ours = Ours::new(database);
        Self {
            bodies: JsBodies,
            sources: BrowserSources::new(Rc::clone(&ours)),
            records: BrowserRecords::new(Rc::clone(&ours)),
            locks: WebLocks::default(),
            clock: BrowserClock,
            ours,
        }
    }

    /// The same in a worker: `page` does to localStorage what a worker can't.
    pub fn in_worker(database: &str, page: &JsValue) -> Self {
        let ports = Self::new(database);
        Self {
            sources: BrowserSources::of_page(Rc::clone(&ports.ours), page.clone().unchecked_into()),
            ..ports
        }
    }

    /// Closes every connection. Whatever is called later fails with `Closed`; what is being
    /// written comes to its end.
    pub fn close(&self) {
        self.sources.close();
        self.ours.close();
    }
}

impl Ports for BrowserPorts {
    type Body = JsValue;
    type Bodies = JsBodies;
    type Sources = BrowserSources;
    type Records = BrowserRecords;
    type Locks = WebLocks;
    type Clock = BrowserClock;

    fn bodies(&self) -> &JsBodies {
        &self.bodies
    }

    fn sources(&self) -> &BrowserSources {
        &self.sources
    }

    fn records(&self) -> &BrowserRecords {
        &self.records
    }

    fn locks(&self) -> &WebLocks {
        &self.locks
    }

    fn clock(&self) -> &BrowserClock {
        &self.clock
    }
}
