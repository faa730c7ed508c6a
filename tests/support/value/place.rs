//! Reading and changing values at paths. Nothing is ever changed in place: a change is a copy of
//! every container on the way to it.

use super::object::index;
use super::{List, Value};
use restow::domain::path::Path;
use std::rc::Rc;

impl Value {
    /// What a key of this value holds. The keys of an array are its indices alone.
    pub fn child(&self, key: &str) -> Option<Value> {
        match self {
            Self::Object(object) => object.get(key).cloned(),
            Self::List(list) => list.items.get(&index(key)?).cloned(),
            _ => None,
        }
    }

    /// What lies at a path.
    pub fn at(&self, path: &Path) -> Option<Value> {
        path.0
            .iter()
            .try_fold(self.clone(), |value, key| value.child(key))
    }

    /// What lies at a dotted path, which must be there.
    pub fn get(&self, path: &str) -> Value {
        self.at(&Path::dotted(path))
            .unwrap_or_else(|| panic!("nothing lies at `{path}`"))
    }

    /// A copy with the value at a dotted path replaced or added; its container must be there.
    pub fn with(&self, path: &str, value: impl Into<Value>) -> Value {
        let value = value.into();
        self.change(&Path::dotted(path).0, |_| Some(value))
            .unwrap_or_else(|| panic!("nothing can be set at `{path}`"))
    }

    /// The containers on the way to a path, outermost first.
    pub fn containers(&self, path: &Path) -> Vec<Value> {
        (0..path.0.len())
            .map_while(|depth| self.at(&Path(path.0[..depth].to_vec())))
            .collect()
    }

    /// A copy in which `change` was applied to what lies at the end of `keys`. `None` if the last
    /// container is missing or takes no such key (an array takes none beyond its end), or if
    /// `change` says so.
    pub fn change(
        &self,
        keys: &[String],
        change: impl FnOnce(Option<Value>) -> Option<Value>,
    ) -> Option<Value> {
        // Down to the innermost container, and back up with the new value.
        let mut containers = Vec::new();
        let mut value = Some(self.clone());
        for key in keys {
            let container = value?;
            value = container.child(key);
            containers.push(container);
        }
        let mut new = change(value)?;
        for (container, key) in containers.iter().zip(keys).rev() {
            new = container.replaced(key, new)?;
        }
        Some(new)
    }

    fn replaced(&self, key: &str, value: Value) -> Option<Value> {
        match self {
            Self::Object(object) => {
                let mut object = object.as_ref().clone();
                object.insert(key, value);
                Some(Self::Object(Rc::new(object)))
            }
            Self::List(list) => {
                let mut list = list.as_ref().clone();
                let index = index(key).filter(|index| *index <= list.len)?;
                list.len = list.len.max(index + 1);
                list.items.insert(index, value);
                Some(Self::List(Rc::new(list)))
            }
            _ => None,
        }
    }

    /// Items `from..to` of an array; no items of anything else.
    pub fn slice(&self, from: u32, to: u32) -> Value {
        let Self::List(list) = self else {
            return Self::list([]);
        };
        let to = to.min(list.len);
        let from = from.min(to);
        let items = list.items.range(from..to);
        Self::sparse(
            to - from,
            items.map(|(index, item)| (index - from, item.clone())),
        )
    }

    /// Arrays, one behind the other, without their extra properties.
    pub fn concat(lists: &[Value]) -> Value {
        let mut all = List::default();
        for list in lists {
            let Self::List(list) = list else { continue };
            let items = list.items.iter();
            all.items
                .extend(items.map(|(index, item)| (all.len + index, item.clone())));
            all.len += list.len;
        }
        Self::List(Rc::new(all))
    }
}
