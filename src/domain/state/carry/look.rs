//! A JSON text as limits look at it.

use crate::domain::json::{Document, Node};
use crate::domain::limits::{Fact, Look, MAX_UNITS};
use crate::domain::path::Path;

impl Look for Document {
    fn fact(&self, path: &Path) -> Fact {
        fact(self.get(path))
    }

    fn keys(&self, path: &Path) -> Vec<String> {
        let Some(node) = self.get(path) else {
            return Vec::new();
        };
        match (node.items(), node.fields()) {
            (Some(items), _) => (0..items.len()).map(|index| index.to_string()).collect(),
            (None, Some(fields)) => fields.map(|(name, _)| name.to_owned()).collect(),
            (None, None) => Vec::new(),
        }
    }
}

/// What a value is.
pub fn fact(node: Option<&Node>) -> Fact {
    let Some(node) = node else {
        return Fact::Missing;
    };
    match node {
        Node::Array(_) => {
            let len = node.items().map_or(0, |items| items.len());
            Fact::Array(u32::try_from(len).unwrap_or(u32::MAX))
        }
        Node::Object(_) => Fact::Object,
        Node::Scalar(text) => match text.as_str() {
            "null" => Fact::Null,
            "true" => Fact::Bool(true),
            "false" => Fact::Bool(false),
            text => match node.units() {
                Some(units) => of_text(&units),
                None => Fact::Number(text.parse().unwrap_or(f64::NAN)),
            },
        },
    }
}

fn of_text(units: &[u16]) -> Fact {
    let known = units.get(..MAX_UNITS as usize).unwrap_or(units);
    let text = String::from_utf16(known);
    Fact::Text {
        exact: text.is_ok() && known.len() == units.len(),
        text: text.unwrap_or_else(|_| String::from_utf16_lossy(known)),
        units: u32::try_from(units.len()).unwrap_or(u32::MAX),
    }
}

/// Whether there is nothing, or `null`.
pub fn is_absent(node: Option<&Node>) -> bool {
    node.is_none_or(Node::is_null)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_what_a_parser_would_make_of_it() {
        let text = r#"{"a":[1e2,-0,"\u00e9\ud83d\ude00"],"b":{"c":null,"d":true},"e":"\ud800"}"#;
        let document = Document::parse(text).unwrap().unwrap();
        let fact = |path: &str| document.fact(&Path::dotted(path));
        assert_eq!(fact("a"), Fact::Array(3));
        assert_eq!(fact("a.0"), Fact::Number(100.0));
        assert!(matches!(fact("a.1"), Fact::Number(zero) if zero.is_sign_negative()));
        assert_eq!(fact("a.2"), Fact::text("é😀"));
        assert_eq!(fact("a.3"), Fact::Missing);
        assert_eq!((fact("b"), fact("b.c")), (Fact::Object, Fact::Null));
        assert_eq!(fact("b.d"), Fact::Bool(true));
        assert!(matches!(
            fact("e"),
            Fact::Text {
                units: 1,
                exact: false,
                ..
            }
        ));
        assert_eq!(document.keys(&Path::dotted("b")), ["c", "d"]);
        assert_eq!(document.keys(&Path::dotted("a")), ["0", "1", "2"]);
    }
}
