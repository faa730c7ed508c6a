//! Layouts: how the sessions of one application are split. A layout is data.

use crate::domain::path::Path;
use serde::{Deserialize, Serialize};

/// Longest chunk that a layout may ask for, in items.
pub const MAX_CHUNK: u32 = 100_000;

/// An array that is stored in chunks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrayRule {
    /// Where the array lies in the body; it may be nested: `video.chunks`.
    pub path: Path,
    /// Items in a chunk, at least 1.
    pub chunk: u32,
}

/// How a body is split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Raised by the application when it changes the layout.
    pub version: u32,
    /// Where the session's id lies; `None` where no body has one, and the key alone is the id.
    #[serde(default)]
    pub id: Option<Path>,
    /// Where a name for people lies, if anywhere.
    pub label: Option<Path>,
    /// Arrays that are chunked.
    pub arrays: Vec<ArrayRule>,
    /// Values that are stored by themselves.
    pub parts: Vec<Path>,
}

impl Layout {
    /// Every place that the layout takes out of a body: arrays first, then parts.
    pub fn places(&self) -> impl Iterator<Item = &Path> {
        self.arrays.iter().map(|rule| &rule.path).chain(&self.parts)
    }

    /// Whether sessions that lie in this layout are to be brought to another.
    pub fn is_older_than(&self, other: &Layout) -> bool {
        self.version < other.version
    }

    /// Whether it says something else than another of the same version: nothing is brought to
    /// anything then, and someone should know.
    pub fn contradicts(&self, other: &Layout) -> bool {
        self.version == other.version && self != other
    }

    /// The rule for the array at `path`.
    pub fn array(&self, path: &Path) -> Option<&ArrayRule> {
        self.arrays.iter().find(|rule| &rule.path == path)
    }

    /// The first thing wrong with the layout: the field and what would be right.
    pub fn problem(&self) -> Option<(String, String)> {
        if self.id.as_ref().is_some_and(Path::is_root) {
            return Some((
                "layout.id".into(),
                "must be the path of the id, for example \"id\"".into(),
            ));
        }
        for (index, rule) in self.arrays.iter().enumerate() {
            if rule.chunk == 0 || rule.chunk > MAX_CHUNK {
                let expected = format!("must be a whole number from 1 to {MAX_CHUNK}");
                return Some((format!("layout.arrays[{index}].chunk"), expected));
            }
        }
        let places: Vec<_> = self.places().collect();
        for (index, place) in places.iter().enumerate() {
            let field = match index.checked_sub(self.arrays.len()) {
                None => format!("layout.arrays[{index}].path"),
                Some(part) => format!("layout.parts[{part}]"),
            };
            if place.is_root() && index >= self.arrays.len() {
                return Some((field, "must not be empty".into()));
            }
            if self.id.as_ref().is_some_and(|id| id.starts_with(place)) {
                let hint = match place.is_root() {
                    true => "; for a body that is a list, leave `layout.id` null",
                    false => "",
                };
                return Some((field, format!("must not contain the id{hint}")));
            }
            let overlap = places.iter().enumerate().find(|(other, path)| {
                *other != index && (place.starts_with(path) || path.starts_with(place))
            });
            if let Some((_, other)) = overlap {
                return Some((field, format!("must not overlap `{other}`")));
            }
        }
        None
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn layout(arrays: &[(&str, u32)], parts: &[&str]) -> Layout {
        Layout {
            version: 1,
            id: Some(Path::dotted("id")),
            label: None,
            arrays: arrays
                .iter()
                .map(|(path, chunk)| ArrayRule {
                    path: Path::dotted(path),
                    chunk: *chunk,
                })
                .collect(),
            parts: parts.iter().map(|path| Path::dotted(path)).collect(),
        }
    }

    #[test]
    fn a_sound_layout_has_no_problem() {
        assert_eq!(
            layout(&[("items", 20), ("video.chunks", 1)], &["summary"]).problem(),
            None
        );
    }

    #[test]
    fn a_problem_names_the_field() {
        for (layout, field) in [
            (layout(&[("items", 0)], &[]), "layout.arrays[0].chunk"),
            (
                layout(&[("video.chunks", 1)], &["video"]),
                "layout.arrays[0].path",
            ),
            (layout(&[], &["a", "a"]), "layout.parts[0]"),
            (layout(&[], &["a", "id"]), "layout.parts[1]"),
            (layout(&[("", 5)], &[]), "layout.arrays[0].path"),
            (layout(&[], &[""]), "layout.parts[0]"),
            (list(&[("", 0)], &[]), "layout.arrays[0].chunk"),
            (list(&[("", 5), ("a", 5)], &[]), "layout.arrays[0].path"),
            (list(&[("a", 5), ("", 5)], &[]), "layout.arrays[0].path"),
            (list(&[("", 5)], &["0"]), "layout.arrays[0].path"),
            (list(&[], &[""]), "layout.parts[0]"),
        ] {
            assert_eq!(
                layout.problem().map(|(field, _)| field).as_deref(),
                Some(field),
                "{layout:?}"
            );
        }
    }

    /// A layout of bodies that have no id.
    fn list(arrays: &[(&str, u32)], parts: &[&str]) -> Layout {
        Layout {
            id: None,
            ..layout(arrays, parts)
        }
    }

    #[test]
    fn a_body_may_be_the_list_where_it_has_no_id_and_nothing_else_is_taken_out() {
        assert_eq!(list(&[("", 50)], &[]).problem(), None);
        assert_eq!(list(&[("items", 20)], &["summary"]).problem(), None);
    }

    #[test]
    fn a_layout_without_an_id_is_stored_and_read_as_such() {
        let of = |layout: &Layout| serde_json::to_value(layout).unwrap();
        let chats = list(&[("", 50)], &[]);
        assert_eq!(of(&chats)["id"], serde_json::Value::Null);
        assert_eq!(of(&chats)["arrays"][0]["path"], serde_json::json!([]));
        for layout in [chats, layout(&[("items", 20)], &[])] {
            let read: Layout = serde_json::from_value(of(&layout)).unwrap();
            assert_eq!(read, layout);
        }
    }
}
