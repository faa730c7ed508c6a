//! Values as they are written.

use super::node::{Item, Node};

impl Node {
    /// A text, from UTF-16 units.
    pub fn text(units: &[u16]) -> Self {
        let mut written = String::from("\"");
        for character in char::decode_utf16(units.iter().copied()) {
            match character {
                Ok(character @ ('"' | '\\')) => written.extend(['\\', character]),
                Ok(character) if character >= ' ' => written.push(character),
                Ok(character) => written.push_str(&format!("\\u{:04x}", u32::from(character))),
                Err(lone) => written.push_str(&format!("\\u{:04x}", lone.unpaired_surrogate())),
            }
        }
        written.push('"');
        Self::Scalar(written)
    }

    /// A finite number, written as JavaScript writes it.
    pub fn number(number: f64) -> Self {
        const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;
        Self::Scalar(match number.fract() == 0.0 && number.abs() <= MAX_WHOLE {
            true => format!("{}", number as i64),
            false => serde_json::to_string(&number).unwrap_or_else(|_| "null".into()),
        })
    }

    /// The value itself, however it is written: the same for values that are equal.
    pub fn canonical(&self) -> String {
        match self {
            Self::Scalar(text) => match (self.units(), text.parse::<f64>()) {
                (Some(units), _) => match Self::text(&units) {
                    Self::Scalar(text) => text,
                    _ => String::new(),
                },
                // Adding 0 turns -0 into 0.
                (None, Ok(number)) => format!("{}", number + 0.0),
                (None, Err(_)) => text.clone(),
            },
            Self::Array(items) => {
                let inside = items.list.iter().map(|item| item.node.canonical());
                format!("[{}]", inside.collect::<Vec<_>>().join(","))
            }
            Self::Object(items) => {
                let field = |item: &Item| {
                    let name = item.key.as_ref().map_or("", |(_, name)| name.as_str());
                    let name: Vec<u16> = name.encode_utf16().collect();
                    format!("{:?}:{}", name, item.node.canonical())
                };
                let mut inside: Vec<String> = items.list.iter().map(field).collect();
                inside.sort_unstable();
                format!("{{{}}}", inside.join(","))
            }
        }
    }

    /// Appends the very text.
    pub(super) fn print(&self, out: &mut String) {
        let (open, items, close) = match self {
            Self::Scalar(text) => return out.push_str(text),
            Self::Array(items) => ('[', items, ']'),
            Self::Object(items) => ('{', items, '}'),
        };
        out.push(open);
        if items.list.is_empty() {
            out.push_str(&items.empty);
        }
        for (index, item) in items.list.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push_str(&item.before);
            if let Some((written, _)) = &item.key {
                out.push_str(written);
            }
            item.node.print(out);
            out.push_str(&item.after);
        }
        out.push(close);
    }
}
