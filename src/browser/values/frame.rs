//! Where a walk is, and why it may stop.

use crate::browser::js::List;
use crate::browser::values::kind::kind_name;
use wasm_bindgen::JsValue;

/// Why a value can't be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Something of which no one can prove that it is kept.
    Unsupported {
        /// Index of the piece.
        piece: usize,
        /// Where in the piece.
        path: String,
        /// Its type.
        kind: String,
    },
    /// An object that another piece holds as well.
    Shared {
        /// Index of the piece.
        piece: usize,
        /// Where in the piece.
        path: String,
    },
}

/// How the items of a frame are called in a path.
pub enum Names {
    /// By index.
    Index,
    /// By these keys.
    Keys(List),
    /// Not at all: entries of a Map, members of a Set.
    Entries(&'static str),
}

/// An object that is being walked: the values inside it.
pub struct Frame {
    list: List,
    next: u32,
    count: u32,
    names: Names,
}

impl Frame {
    /// All of a list.
    pub fn new(list: List, count: u32, names: Names) -> Self {
        Self {
            list,
            next: 0,
            count,
            names,
        }
    }

    /// The next value inside.
    pub fn next(&mut self) -> Option<JsValue> {
        let at = self.next;
        (at < self.count).then(|| {
            self.next += 1;
            self.list.at(at)
        })
    }

    /// The step of a path that leads to the value at hand.
    fn step(&self) -> String {
        let at = self.next.saturating_sub(1);
        match &self.names {
            Names::Index => format!("[{at}]"),
            Names::Entries(what) => format!("<{what} {at}>"),
            Names::Keys(keys) => {
                let key = keys.at(at).as_string().unwrap_or_default();
                crate::domain::path::Path(vec![key]).to_string()
            }
        }
    }
}

/// What stops a walk, where the path is not known yet.
pub enum Stop {
    Unsupported(String),
    Shared,
}

impl Stop {
    /// Refuses a value by its type.
    pub fn unsupported(value: &JsValue) -> Self {
        Self::Unsupported(kind_name(value))
    }

    /// The refusal, with the way to the value at hand.
    pub fn at(self, piece: usize, stack: &[Frame]) -> Refusal {
        let mut path = String::new();
        for frame in stack {
            let step = frame.step();
            if !path.is_empty() && !step.starts_with(['[', '<']) {
                path.push('.');
            }
            path += &step;
        }
        match self {
            Stop::Shared => Refusal::Shared { piece, path },
            Stop::Unsupported(kind) => Refusal::Unsupported { piece, path, kind },
        }
    }
}
