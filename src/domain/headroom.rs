//! Whether the browser's storage has room for what a run is going to write, and what would help
//! where it has not. Every figure is an estimate: none of them is ever believed against a write that
//! succeeds, and without figures nothing is held up.

use crate::domain::console::bytes;
use serde::Serialize;
use std::fmt;

/// What the browser says of its storage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Storage {
    /// Bytes in use by this origin.
    pub usage: f64,
    /// Bytes that it may use.
    pub quota: f64,
    /// Whether the browser keeps them when the disk runs full; `None` where it does not say.
    pub persisted: Option<bool>,
}

impl Storage {
    /// `None` for figures that can't be true.
    pub fn new(usage: f64, quota: f64, persisted: Option<bool>) -> Option<Self> {
        let sound = usage.is_finite() && quota.is_finite() && 0.0 <= usage && usage <= quota;
        (sound && quota > 0.0).then_some(Self {
            usage,
            quota,
            persisted,
        })
    }

    /// Bytes that are free.
    pub fn available(&self) -> f64 {
        self.quota - self.usage
    }
}

/// What is done about too little room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rule {
    /// A run for which it is known not to suffice does not begin.
    #[default]
    Require,
    /// It begins, and stops before the first session that does not fit.
    Fit,
    /// Nobody asks; the browser refuses what does not fit.
    Ignore,
}

/// Room that is left for a run, as it takes of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Room {
    /// Nobody knows, or nobody asks.
    #[default]
    Unknown,
    /// So many bytes.
    Left(f64),
}

impl Room {
    /// What there is by what the browser says.
    pub fn of(storage: Option<Storage>) -> Self {
        storage.map_or(Self::Unknown, |storage| Self::Left(storage.available()))
    }

    /// Takes some bytes; false, and none are taken, if there are not so many.
    pub fn take(&mut self, bytes: f64) -> bool {
        match self {
            Self::Unknown => true,
            Self::Left(left) if *left < bytes => false,
            Self::Left(left) => {
                *left -= bytes;
                true
            }
        }
    }
}

/// How many of some sessions fit, one after the other, into so many bytes.
pub fn how_many_fit(sizes: &[f64], available: f64) -> u32 {
    let mut room = Room::Left(available);
    sizes.iter().take_while(|size| room.take(**size)).count() as u32
}

/// Something that makes room, or needs less of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "lowercase")]
pub enum Help {
    /// Migrating fewer sessions at once: so many of them fit.
    Fewer {
        /// Sessions.
        count: u32,
    },
    /// Removing backups that have expired.
    Cleanup {
        /// Bytes that they take.
        bytes: f64,
    },
    /// Asking the browser to keep this origin's storage, which some give more room.
    Persist,
}

/// How much room is missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shortage {
    /// Bytes that are needed, estimated.
    pub needed: f64,
    /// Bytes that the browser says are free.
    pub available: f64,
    /// The difference.
    pub missing: f64,
    /// What would help; empty where nothing is known to.
    pub help: Vec<Help>,
}

impl Shortage {
    /// What is missing of `needed`, if `fewer` sessions would fit and clean-up would free `expired` bytes.
    pub fn new(needed: f64, storage: Storage, fewer: u32, expired: f64) -> Self {
        let fewer = (fewer > 0).then_some(Help::Fewer { count: fewer });
        let cleanup = (expired > 0.0).then_some(Help::Cleanup { bytes: expired });
        let persist = (storage.persisted == Some(false)).then_some(Help::Persist);
        Self {
            needed,
            available: storage.available(),
            missing: needed - storage.available(),
            help: [fewer, cleanup, persist].into_iter().flatten().collect(),
        }
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "about {} are needed, {} are free, {} are missing",
            bytes(self.needed),
            bytes(self.available),
            bytes(self.missing)
        )?;
        let help: Vec<String> = self.help.iter().map(ToString::to_string).collect();
        match help.is_empty() {
            true => Ok(()),
            false => write!(f, "; what may help: {}", help.join(", or ")),
        }
    }
}

impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fewer { count: 1 } => f.write_str("migrate fewer at once (1 session fits)"),
            Self::Fewer { count } => write!(f, "migrate fewer at once ({count} sessions fit)"),
            Self::Cleanup { bytes: expired } => {
                write!(f, "clean up expired backups ({})", bytes(*expired))
            }
            Self::Persist => f.write_str("let the browser keep this storage (persist)"),
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
