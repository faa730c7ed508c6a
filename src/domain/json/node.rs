//! Values of a JSON text, one by one.

use super::name::units;
use crate::domain::edit::array_index;
use crate::domain::path::Path;

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
    pub(super) list: Vec<Item>,
    /// What stands between the brackets where there is nothing.
    pub(super) empty: String,
}

/// One value of an array or an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) before: String,
    /// Key and colon as they are written, and the key that is meant.
    pub(super) key: Option<(String, String)>,
    pub(super) node: Node,
    pub(super) after: String,
}

impl Node {
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

    pub(super) fn place(&mut self, key: &str) -> Option<(&mut Items, usize)> {
        let index = self.index(key)?;
        match self {
            Self::Scalar(_) => None,
            Self::Array(items) | Self::Object(items) => Some((items, index)),
        }
    }

    pub(super) fn child_or_new(&mut self, key: &str) -> Option<&mut Node> {
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
