//! JSON text as a tree that prints back to the very text, so that single values can be changed while
//! all others keep the way in which they were written. For small texts: every value becomes a node.

use super::Problem;
use super::name::Name;
use super::node::{Item, Items, Node};
use super::scan::Scan;
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
