//! Values, and every way to write them.

use proptest::prelude::*;
use serde_json::Value;

/// A value, with the order of its fields.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Plain(Value),
    Array(Vec<Tree>),
    /// Every key is there once.
    Object(Vec<(String, Tree)>),
}

/// Any value; the outermost is often an array or an object.
pub fn any_tree() -> impl Strategy<Value = Tree> {
    // serde_json is the judge, and reads some numbers a little wrong.
    let number = any::<f64>().prop_filter("numbers that the judge reads", |number| {
        let printed = Value::from(*number).to_string();
        serde_json::from_str(&printed).is_ok_and(|read: f64| read == *number)
    });
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-99i64..99).prop_map(Value::from),
        number.prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_map(Tree::Plain)
        .prop_recursive(5, 60, 6, |inner| {
            let fields = prop::collection::vec((any_text(), inner.clone()), 0..6);
            prop_oneof![
                prop::collection::vec(inner, 0..6).prop_map(Tree::Array),
                fields.prop_map(|mut fields| {
                    let mut seen = std::collections::HashSet::new();
                    fields.retain(|(key, _)| seen.insert(key.clone()));
                    Tree::Object(fields)
                })
            ]
        })
}

/// Texts with all that has several ways of being written, and characters of every width. None is
/// in doubt: a U+FFFD in a key is for other tests.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["a", "b", "0", "1", "", "__proto__"]).prop_map(str::to_owned),
        "[ab\"\\\\/\n\t\u{0}\u{7f}é€😀𝄞\u{2028}\\[\\]{},:]{0,12}",
        "\\PC{0,4}",
    ]
    .prop_map(|text: String| text.replace('\u{FFFD}', ""))
}

impl Tree {
    pub fn to_value(&self) -> Value {
        match self {
            Tree::Plain(value) => value.clone(),
            Tree::Array(items) => items.iter().map(Tree::to_value).collect(),
            Tree::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(key, tree)| (key.clone(), tree.to_value()));
                Value::Object(fields.collect())
            }
        }
    }

    /// The elements, each with its key in an object.
    pub fn members(&self) -> Vec<(Option<&str>, &Tree)> {
        match self {
            Tree::Plain(_) => Vec::new(),
            Tree::Array(items) => items.iter().map(|tree| (None, tree)).collect(),
            Tree::Object(fields) => {
                let fields = fields.iter();
                fields
                    .map(|(key, tree)| (Some(key.as_str()), tree))
                    .collect()
            }
        }
    }

    /// Every array and object inside, itself included, with its path.
    pub fn collections(&self) -> Vec<(Vec<String>, &Tree)> {
        if matches!(self, Tree::Plain(_)) {
            return Vec::new();
        }
        let mut found = vec![(Vec::new(), self)];
        for (index, (key, tree)) in self.members().into_iter().enumerate() {
            let key = key.map_or_else(|| index.to_string(), str::to_owned);
            for (mut path, tree) in tree.collections() {
                path.insert(0, key.clone());
                found.push((path, tree));
            }
        }
        found
    }
}

/// A hand that writes values, each time in another way.
pub struct Hand(pub u64);

impl Hand {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % limit
    }

    pub fn space(&mut self) -> &'static str {
        let all = ["", "", "", " ", "\n  ", "\r\n\t", "\t", "    "];
        all[self.below(all.len() as u64) as usize]
    }

    pub fn text(&mut self, text: &str) -> String {
        let mut written = String::from("\"");
        for c in text.chars() {
            let must = c < ' ' || c == '"' || c == '\\';
            if !must && self.below(4) > 0 {
                written.push(c);
                continue;
            }
            let short = serde_json::to_string(&c).unwrap();
            match short.trim_matches('"') {
                short if must && short.len() > 1 && self.below(2) > 0 => written.push_str(short),
                _ => {
                    let units = c.encode_utf16(&mut [0; 2]).to_vec();
                    let escapes = units.iter().map(|unit| match self.below(2) {
                        0 => format!("\\u{unit:04x}"),
                        _ => format!("\\u{unit:04X}"),
                    });
                    written.extend(escapes);
                }
            }
        }
        written + "\""
    }

    pub fn field(&mut self, key: &str, value: &str) -> String {
        let (key, before, after) = (self.text(key), self.space(), self.space());
        format!("{key}{before}:{after}{value}")
    }

    /// A value, without whitespace around it.
    pub fn write(&mut self, tree: &Tree) -> String {
        let members: Vec<String> = tree
            .members()
            .into_iter()
            .map(|(key, tree)| {
                let value = self.write(tree);
                let member = key.map(|key| self.field(key, &value)).unwrap_or(value);
                format!("{}{member}{}", self.space(), self.space())
            })
            .collect();
        let inside = match members.is_empty() {
            true => self.space().to_owned(),
            false => members.join(","),
        };
        match tree {
            Tree::Plain(Value::String(text)) => self.text(text),
            Tree::Plain(value) => value.to_string(),
            Tree::Array(_) => format!("[{inside}]"),
            Tree::Object(_) => format!("{{{inside}}}"),
        }
    }

    /// A whole text.
    pub fn page(&mut self, tree: &Tree) -> String {
        format!("{}{}{}", self.space(), self.write(tree), self.space())
    }
}
