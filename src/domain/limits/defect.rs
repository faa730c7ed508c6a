//! What can be wrong with a value.

use crate::domain::limits::edit::Change;

/// What can be done about a defect beside dropping, quarantine and warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing.
    None,
    /// The value can be capped.
    Cap(Change),
    /// The value is as good as it should be: a warning is all there is to say.
    Harmless,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Stable code.
    pub code: &'static str,
    /// What would be right; never holds the value.
    pub why: String,
    /// What can be done.
    pub remedy: Remedy,
}

impl Defect {
    /// A defect that nothing mends.
    pub fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self {
            code,
            why: why.into(),
            remedy: Remedy::None,
        }
    }

    /// The same with a remedy.
    pub fn with(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }
}
