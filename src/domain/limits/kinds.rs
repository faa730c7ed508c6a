//! Kinds of values.

/// Kinds of values that a rule can judge, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self(u8::MAX);
    /// `true` and `false`.
    pub const BOOL: Self = Self(1);
    /// Numbers.
    pub const NUMBER: Self = Self(1 << 1);
    /// Texts.
    pub const TEXT: Self = Self(1 << 2);
    /// `Date`s.
    pub const DATE: Self = Self(1 << 3);
    /// Arrays.
    pub const ARRAY: Self = Self(1 << 4);
    /// Objects.
    pub const OBJECT: Self = Self(1 << 5);
    /// `null`.
    pub const NULL: Self = Self(1 << 6);
    /// All others: `bigint`, `Map`, `Blob`.
    pub const OTHER: Self = Self(1 << 7);
    /// No kind.
    pub const NONE: Self = Self(0);

    /// Those of either.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is one in both.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Their names, for messages: `number or text`.
    pub fn names(self) -> String {
        let names: Vec<_> = NAMES
            .iter()
            .filter(|(kind, _)| self.meets(*kind))
            .map(|(_, name)| *name)
            .collect();
        names.join(" or ")
    }
}

const NAMES: [(Kinds, &str); 8] = [
    (Kinds::BOOL, "boolean"),
    (Kinds::NUMBER, "number"),
    (Kinds::TEXT, "text"),
    (Kinds::DATE, "date"),
    (Kinds::ARRAY, "array"),
    (Kinds::OBJECT, "object"),
    (Kinds::NULL, "null"),
    (Kinds::OTHER, "another type"),
];
