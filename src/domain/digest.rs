//! Digests of values. XXH3 with 128 bits: it finds every accident; it does not resist a forger,
//! who could change the data and its digest alike.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// 128 bits that stand for a value, its types and its order of keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub u128);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }
}

impl fmt::Display for Digest {
    /// 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() != 32 {
            return Err(serde::de::Error::custom(
                "a digest has 32 hexadecimal digits",
            ));
        }
        u128::from_str_radix(&text, 16)
            .map(Digest)
            .map_err(serde::de::Error::custom)
    }
}

/// Builds a digest from parts. Every text is preceded by its length, so that no two different
/// sequences of parts feed the same bytes.
pub struct Hasher(Xxh3);

impl Hasher {
    /// An empty hasher for one kind of thing; the tag keeps kinds apart.
    pub fn new(tag: &str) -> Self {
        let mut hasher = Self(Xxh3::new());
        hasher.text(tag);
        hasher
    }

    /// Feeds bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Feeds a number.
    pub fn number(&mut self, number: u64) {
        self.raw(&number.to_le_bytes());
    }

    /// Feeds a text, preceded by its length.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.raw(text.as_bytes());
    }

    /// Feeds another digest.
    pub fn digest(&mut self, digest: Digest) {
        self.raw(&digest.0.to_le_bytes());
    }

    /// The digest of all that was fed.
    pub fn finish(&self) -> Digest {
        Digest(self.0.digest128())
    }
}

/// What measuring a value yields: its digest and its approximate size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Digest of types, order of keys, holes and every value.
    pub digest: Digest,
    /// Bytes: UTF-8 length of texts and keys, eight for a number, the length of binary data.
    pub bytes: u64,
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn travels_as_text() {
        let digest = Digest::of(b"abc");
        let text = serde_json::to_string(&digest).unwrap();
        assert_eq!(text.len(), 34);
        assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
        assert!(serde_json::from_str::<Digest>("\"12\"").is_err());
    }

    #[test]
    fn keeps_sequences_apart() {
        let mut one = Hasher::new("t");
        one.text("ab");
        one.text("c");
        let mut two = Hasher::new("t");
        two.text("a");
        two.text("bc");
        assert_ne!(one.finish(), two.finish());
    }
}
