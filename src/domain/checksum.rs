//! Checksums that applications keep beside a value, and how they are computed.

use crate::domain::path::Path;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How a checksum is computed from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// 32-bit `hash * 31 + unit` over UTF-16 units, printed in base 36, negative ones with a sign.
    Hash31,
    /// SHA-256 of the UTF-8 bytes, in hexadecimal.
    Sha256,
}

/// The checksum of a wrapper, over what lies at the path of its body: the text itself, or the
/// value's JSON text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Checksum {
    /// Where it lies in the record.
    pub path: Path,
    /// How it is computed.
    pub rule: Rule,
}

impl Rule {
    /// The rule of a name in the configuration.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "hash31" => Some(Self::Hash31),
            "sha256" => Some(Self::Sha256),
            _ => None,
        }
    }

    /// The checksum of a text.
    pub fn of(self, text: &str) -> String {
        match self {
            Self::Hash31 => base36(text.encode_utf16().fold(0_i32, |hash, unit| {
                hash.wrapping_mul(31).wrapping_add(i32::from(unit))
            })),
            Self::Sha256 => {
                let digest = Sha256::digest(text.as_bytes());
                digest.iter().map(|byte| format!("{byte:02x}")).collect()
            }
        }
    }
}

/// As JavaScript's `number.toString(36)` prints a whole number.
fn base36(number: i32) -> String {
    let mut rest = number.unsigned_abs();
    let mut digits = Vec::new();
    while rest > 0 || digits.is_empty() {
        digits.extend(char::from_digit(rest % 36, 36));
        rest /= 36;
    }
    let sign = (number < 0).then_some('-');
    sign.into_iter().chain(digits.into_iter().rev()).collect()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn each_rule_computes_what_applications_compute() {
        // `[..."…"].reduce((h, c) => (h * 31 + c.charCodeAt(0)) | 0, 0).toString(36)`.
        for (text, checksum) in [
            ("", "0"),
            ("a", "2p"),
            ("hello", "1n1e4y"),
            ("[]", "28y"),
            ("hello, world", "-alegz8"),
        ] {
            assert_eq!(Rule::Hash31.of(text), checksum, "{text}");
        }
        assert_eq!(
            Rule::Sha256.of("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
