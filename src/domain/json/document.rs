//! JSON text as a tree that prints back to the very text, so that single values can be changed while
//! all others keep the way in which they were written. For small texts: every value becomes a node.

use super::Problem;
use super::name::{Name, units};
use super::scan::Scan;
use crate::domain::edit::array_index;
use crate::domain::path::Path;

/// Deepest nesting; what lies deeper is not read.
const MAX_DEPTH: usize = 200;

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    before: String,
    /// Its value.
    pub root: Node,
    after: String,
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Text, with its quotes; a number; `true`, `false` or `null`.
    Scalar(String),
    /// An array.
    Array(Items),
    /// An object.
    Object(Items),
}

/// What an array or an object holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Items {
    list: Vec<Item>,
    /// What stands between the brackets where there is nothing.
    empty: String,
}

/// One value of an array or an object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    before: String,
    /// Key and colon as they are written, and the key that is meant.
    key: Option<(String, String)>,
    node: Node,
    after: String,
}

impl Document {
    /// An empty object.
    pub fn object() -> Self {
        Self {
            before: String::new(),
            root: Node::Object(Items::default()),
            after: String::new(),
        }
    }

    /// Reads a text; `None` where it is nested too deep.
    pub fn parse(text: &str) -> Result<Option<Self>, Problem> {
        let mut scan = Scan::new(text);
        let before = scan.space().to_owned();
        let Some(root) = node(&mut scan, 0)? else {
            return Ok(None);
        };
        let after = scan.space().to_owned();
        match scan.peek() {
            Some(_) => scan.invalid(),
            None => Ok(Some(Self {
                before,
                root,
                after,
            })),
        }
    }

    /// The text.
    pub fn print(&self) -> String {
        let mut out = self.before.clone();
        self.root.print(&mut out);
        out.push_str(&self.after);
        out
    }

    /// The value at a path.
    pub fn get(&self, path: &Path) -> Option<&Node> {
        self.root.get(path)
    }

    /// Puts a value in, and the objects on the way to it where there is nothing, or `null`. False
    /// where something else is in the way.
    pub fn set(&mut self, path: &Path, value: Node) -> bool {
        let mut node = &mut self.root;
        for key in &path.0 {
            if matches!(node, Node::Scalar(text) if text == "null") {
                *node = Node::Object(Items::default());
            }
            let Some(child) = node.child_or_new(key) else {
                return false;
            };
            node = child;
        }
        *node = value;
        true
    }

    /// Takes a value out. Items behind it move up.
    pub fn remove(&mut self, path: &Path) {
        let Some((container, key)) = path.split_last() else {
            return;
        };
        let found = container.0.iter().try_fold(&mut self.root, |node, key| {
            node.place(key)
                .and_then(|(items, index)| items.list.get_mut(index).map(|item| &mut item.node))
        });
        if let Some((items, index)) = found.and_then(|node| node.place(key)) {
            items.list.remove(index);
        }
    }
}

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

    /// An array.
    pub fn array(nodes: impl IntoIterator<Item = Node>) -> Self {
        let bare = |node| Item {
            before: String::new(),
            key: None,
            node,
            after: String::new(),
        };
        Self::Array(Items {
            list: nodes.into_iter().map(bare).collect(),
            empty: String::new(),
        })
    }

    /// The value at a path in it.
    pub fn get(&self, path: &Path) -> Option<&Node> {
        path.0.iter().try_fold(self, |node, key| node.child(key))
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(text) if text == "null")
    }

    /// UTF-16 units of a text.
    pub fn units(&self) -> Option<Vec<u16>> {
        match self {
            Self::Scalar(text) => {
                let inside = text.strip_prefix('"')?.strip_suffix('"')?;
                Some(units(inside))
            }
            _ => None,
        }
    }

    /// The values of an array.
    pub fn items(&self) -> Option<impl ExactSizeIterator<Item = &Node>> {
        match self {
            Self::Array(items) => Some(items.list.iter().map(|item| &item.node)),
            _ => None,
        }
    }

    /// Keys and values of an object.
    pub fn fields(&self) -> Option<impl ExactSizeIterator<Item = (&str, &Node)>> {
        match self {
            Self::Object(items) => Some(items.list.iter().map(|item| {
                let name = item.key.as_ref().map_or("", |(_, name)| name.as_str());
                (name, &item.node)
            })),
            _ => None,
        }
    }

    /// Puts another value behind the last of an array, spaced as that one is.
    pub fn push(&mut self, node: Node) {
        if let Self::Array(items) = self {
            items.add(None, node);
        }
    }

    /// The items of an array from one up to, not including, another.
    pub fn cut(&mut self, from: usize, to: usize) {
        if let Self::Array(items) = self {
            items.list.truncate(to);
            items.list.drain(..from.min(items.list.len()));
        }
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

    fn child(&self, key: &str) -> Option<&Node> {
        let items = match self {
            Self::Scalar(_) => return None,
            Self::Array(items) | Self::Object(items) => items,
        };
        let index = self.index(key)?;
        items.list.get(index).map(|item| &item.node)
    }

    fn index(&self, key: &str) -> Option<usize> {
        match self {
            Self::Scalar(_) => None,
            Self::Array(items) => {
                let index = usize::try_from(array_index(key)?).ok()?;
                (index < items.list.len()).then_some(index)
            }
            Self::Object(items) => {
                let named = |item: &Item| item.key.as_ref().is_some_and(|(_, name)| name == key);
                items.list.iter().position(named)
            }
        }
    }

    fn place(&mut self, key: &str) -> Option<(&mut Items, usize)> {
        let index = self.index(key)?;
        match self {
            Self::Scalar(_) => None,
            Self::Array(items) | Self::Object(items) => Some((items, index)),
        }
    }

    fn child_or_new(&mut self, key: &str) -> Option<&mut Node> {
        let index = self.index(key);
        let items = match self {
            Self::Scalar(_) => return None,
            Self::Array(_) if index.is_none() => return None,
            Self::Array(items) => items,
            Self::Object(items) => {
                if index.is_none() {
                    items.add(Some(key), Node::Scalar("null".into()));
                }
                items
            }
        };
        let index = match index {
            Some(index) => index,
            None => items.list.len().checked_sub(1)?,
        };
        items.list.get_mut(index).map(|item| &mut item.node)
    }

    fn print(&self, out: &mut String) {
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

impl Items {
    /// One more at the end, spaced as the last one is.
    fn add(&mut self, key: Option<&str>, node: Node) {
        let (before, after) = match self.list.last_mut() {
            Some(last) => (last.before.clone(), std::mem::take(&mut last.after)),
            None => Default::default(),
        };
        let colon = match self.list.last().and_then(|last| last.key.as_ref()) {
            Some((written, _)) => written.rfind('"').and_then(|end| written.get(end + 1..)),
            None => None,
        };
        let colon = colon.unwrap_or(":").to_owned();
        let key = key.map(|key| {
            let units: Vec<u16> = key.encode_utf16().collect();
            let mut written = String::new();
            Node::text(&units).print(&mut written);
            (written + &colon, key.to_owned())
        });
        self.list.push(Item {
            before,
            key,
            node,
            after,
        });
    }
}

/// The value that stands next; `None` where it is nested too deep.
fn node(scan: &mut Scan<'_>, depth: usize) -> Result<Option<Node>, Problem> {
    if depth > MAX_DEPTH {
        return Ok(None);
    }
    let word = |scan: &mut Scan<'_>, word: &str| {
        scan.word(word)?;
        Ok(Some(Node::Scalar(word.into())))
    };
    match scan.peek() {
        Some(b'[') => {
            let items = items(scan, depth, (b'[', b']'))?;
            Ok(items.map(Node::Array))
        }
        Some(b'{') => {
            let items = items(scan, depth, (b'{', b'}'))?;
            Ok(items.map(Node::Object))
        }
        Some(b'"') => {
            let (inside, _) = scan.quoted()?;
            Ok(Some(Node::Scalar(format!("\"{inside}\""))))
        }
        Some(b't') => word(scan, "true"),
        Some(b'f') => word(scan, "false"),
        Some(b'n') => word(scan, "null"),
        _ => Ok(Some(Node::Scalar(scan.number()?.to_owned()))),
    }
}

fn items(
    scan: &mut Scan<'_>,
    depth: usize,
    (open, close): (u8, u8),
) -> Result<Option<Items>, Problem> {
    let mut items = Items::default();
    scan.expect(open)?;
    let mut before = scan.space().to_owned();
    if scan.take(close) {
        items.empty = before;
        return Ok(Some(items));
    }
    loop {
        let key = match open {
            b'{' => {
                let (inside, escaped) = scan.quoted()?;
                let name = match escaped {
                    true => Name::decoded(inside).text.into_owned(),
                    false => inside.to_owned(),
                };
                let space = scan.space();
                scan.expect(b':')?;
                let written = format!("\"{inside}\"{space}:{}", scan.space());
                Some((written, name))
            }
            _ => None,
        };
        let Some(node) = node(scan, depth + 1)? else {
            return Ok(None);
        };
        let after = scan.space().to_owned();
        items.list.push(Item {
            before,
            key,
            node,
            after,
        });
        if scan.take(close) {
            return Ok(Some(items));
        }
        scan.expect(b',')?;
        before = scan.space().to_owned();
    }
}
