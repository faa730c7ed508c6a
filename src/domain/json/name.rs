//! Keys of objects, and which of them are the same.

use std::borrow::Cow;
use std::collections::HashMap;

/// Up to this many names are compared with each other; more are looked up.
const FEW: usize = 8;

/// A key, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name<'a> {
    /// The key, with U+FFFD for each lone surrogate.
    pub text: Cow<'a, str>,
    /// Whether the text is surely the key: it has no U+FFFD.
    pub portable: bool,
}

impl<'a> Name<'a> {
    /// A key that is written without escapes.
    pub fn plain(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            portable: text.is_ascii() || !text.contains(char::REPLACEMENT_CHARACTER),
        }
    }

    /// A key that is written with escapes, which must be valid.
    pub fn decoded(written: &str) -> Self {
        let text = String::from_utf16_lossy(&units(written));
        Self {
            portable: !text.contains(char::REPLACEMENT_CHARACTER),
            text: Cow::Owned(text),
        }
    }

    /// Whether two names may be the same key.
    pub fn may_be(&self, other: &Name) -> bool {
        self.text == other.text
            || !(self.portable && other.portable) && self.blurred() == other.blurred()
    }

    /// The text with every half of a surrogate pair unknown. One half that is escaped and one that
    /// is not arrive as two lone ones, and are a pair for JavaScript.
    fn blurred(&self) -> String {
        let unknown = char::REPLACEMENT_CHARACTER;
        let text = self.text.chars().flat_map(|c| match c.len_utf16() {
            1 => [Some(c), None],
            _ => [Some(unknown); 2],
        });
        text.flatten().collect()
    }
}

/// The units of a text that is written with escapes, which must be valid.
pub fn units(written: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, escape)) = rest.split_once('\\') {
        units.extend(before.encode_utf16());
        let (unit, length) = unescape(escape);
        units.push(unit);
        rest = escape.get(length..).unwrap_or_default();
    }
    units.extend(rest.encode_utf16());
    units
}

/// The unit that an escape stands for, and its length without the backslash.
fn unescape(escape: &str) -> (u16, usize) {
    let unit = match escape.bytes().next().unwrap_or_default() {
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => {
            let digits = escape.get(1..5).unwrap_or_default();
            return (u16::from_str_radix(digits, 16).unwrap_or_default(), 5);
        }
        itself => itself,
    };
    (unit.into(), 1)
}

/// Which of the names may be the same as another one, in ascending order.
pub fn repeated(names: &[Name]) -> Vec<usize> {
    if names.len() <= FEW {
        let others = |index| names.iter().enumerate().filter(move |(i, _)| *i != index);
        let indices = names
            .iter()
            .enumerate()
            .filter(|(index, name)| others(*index).any(|(_, other)| name.may_be(other)));
        return indices.map(|(index, _)| index).collect();
    }
    let mut found = Vec::new();
    let mut first = HashMap::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        if let Some(first) = first.insert(name.text.as_ref(), index) {
            found.extend([first, index]);
        }
    }
    if names.iter().any(|name| !name.portable) {
        let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            alike.entry(name.blurred()).or_default().push(index);
        }
        let unsure = |index: &usize| names.get(*index).is_some_and(|name| !name.portable);
        for group in alike.into_values() {
            if group.len() > 1 && group.iter().any(unsure) {
                found.extend(group);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_escape_is_decoded() {
        let name = Name::decoded(r#"\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\uDE00 é😀"#);
        assert_eq!(name.text, "\"\\/\u{8}\u{c}\n\r\tAé€😀 é😀");
        assert!(name.portable);
    }

    #[test]
    fn a_lone_surrogate_is_not_portable() {
        for (written, text) in [
            (r"\ud800", "\u{FFFD}"),
            (r"a\udc00b", "a\u{FFFD}b"),
            (r"\ude00\ud83d", "\u{FFFD}\u{FFFD}"),
            (r"\ud83d😀", "\u{FFFD}😀"),
            ("\\ud83d\u{FFFD}", "\u{FFFD}\u{FFFD}"),
            ("\u{FFFD}\\n", "\u{FFFD}\n"),
        ] {
            let name = Name::decoded(written);
            assert_eq!(name.text, text);
            assert!(!name.portable, "{written}");
        }
        assert!(!Name::plain("\u{FFFD}").portable);
        assert!(Name::plain("é😀").portable);
    }

    /// Names such as these, with as many others around that they are looked up.
    fn repeated_of(written: &[&str], others: usize) -> Vec<usize> {
        let others: Vec<String> = (0..others).map(|index| format!("other {index}")).collect();
        let names = written.iter().copied().map(Name::decoded);
        let names: Vec<Name> = names
            .chain(others.iter().map(|name| Name::plain(name)))
            .collect();
        repeated(&names)
    }

    #[test]
    fn names_that_may_be_the_same_are_found_whether_few_or_many() {
        for others in [0, 20] {
            for (written, expected) in [
                (&["a", "b", "", "A"][..], &[][..]),
                (&["a", "b", r"\u0061"], &[0, 2]),
                (&["a", "b", "a", "b", "c", "a"], &[0, 1, 2, 3, 5]),
                (&["__proto__", "constructor"], &[]),
                (&["😀", "😁", r"\ud83d\ude00"], &[0, 2]),
                (&["\u{FFFD}", "a"], &[]),
                (&["\u{FFFD}", r"\ud800"], &[0, 1]),
                (&[r"\ud800", r"\ud801"], &[0, 1]),
                (&[r"\ufffd", "\u{FFFD}"], &[0, 1]),
                // Half escaped, half raw: JavaScript sees a pair.
                (&["😀", "\\ud83d\u{FFFD}"], &[0, 1]),
                (&["x", "😀", "\u{FFFD}\\ude00"], &[1, 2]),
                (&["😀", "\u{FFFD}"], &[]),
            ] {
                assert_eq!(repeated_of(written, others), expected, "{written:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn few_and_many_are_judged_alike(
            names in prop::collection::vec("[ab😀😁\u{FFFD}]{0,2}", 0..=FEW)
        ) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            prop_assert_eq!(repeated_of(&names, 0), repeated_of(&names, 20));
        }
    }
}
