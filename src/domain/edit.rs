//! Where a path of a caller's leads in a session that has been split.

use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::layout::Layout;
use crate::domain::path::Path;

/// What holds the value at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The skeleton.
    Skeleton,
    /// A part, and the path inside it.
    Part {
        /// The piece.
        name: PieceName,
        /// Path inside the part; empty for the part itself.
        rest: Path,
    },
    /// An item of a chunked array, and the path inside its chunk, which begins with the item's
    /// index there.
    Item {
        /// The piece.
        name: PieceName,
        /// Path inside the chunk.
        rest: Path,
    },
    /// A whole chunked array.
    Array,
    /// A value that contains places which the layout takes out.
    Around,
}

/// Says where a path leads, or what is wrong with it.
pub fn target(layout: &Layout, list: &ChunkList, path: &Path) -> Result<Target, String> {
    for part in &list.parts {
        if path.starts_with(&part.path) {
            let name = PieceName {
                path: part.path.clone(),
                index: 0,
            };
            return Ok(Target::Part {
                name,
                rest: path.below(&part.path),
            });
        }
    }
    for array in &list.arrays {
        if path == &array.path {
            return Ok(Target::Array);
        }
        if !path.starts_with(&array.path) {
            continue;
        }
        let below = path.below(&array.path);
        let Some((key, rest)) = below.0.split_first() else {
            continue;
        };
        if key == "length" {
            return Err("can't be written or read by itself".into());
        }
        let Some(index) = array_index(key) else {
            return Ok(Target::Skeleton);
        };
        let found = array.covering(&(index..index.saturating_add(1)));
        let Some((chunk, span)) = found.into_iter().next() else {
            return Err(format!(
                "lies outside the array, which has {} items",
                array.len()
            ));
        };
        let mut inside = vec![(index - span.start).to_string()];
        inside.extend_from_slice(rest);
        let name = PieceName {
            path: array.path.clone(),
            index: chunk,
        };
        return Ok(Target::Item {
            name,
            rest: Path(inside),
        });
    }
    let around = list
        .arrays
        .iter()
        .map(|array| &array.path)
        .chain(list.parts.iter().map(|part| &part.path));
    let mut around = around.chain(layout.places());
    if around.any(|place| place != path && place.starts_with(path)) {
        return Ok(Target::Around);
    }
    Ok(Target::Skeleton)
}

/// A key as an index, if it is one in its canonical form.
pub fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index != u32::MAX && index.to_string() == key).then_some(index)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::cut::{ArrayCut, Cut};
    use crate::domain::digest::{Digest, Measure};
    use crate::domain::key::Key;
    use crate::domain::layout::ArrayRule;

    fn layout() -> Layout {
        Layout {
            version: 1,
            id: Some(Path::dotted("id")),
            label: None,
            arrays: vec![
                ArrayRule {
                    path: Path::dotted("items"),
                    chunk: 10,
                },
                ArrayRule {
                    path: Path::dotted("video.chunks"),
                    chunk: 10,
                },
            ],
            parts: vec![Path::dotted("summary"), Path::dotted("notes")],
        }
    }

    fn list() -> ChunkList {
        let cut = Cut {
            arrays: vec![ArrayCut {
                path: Path::dotted("items"),
                len: 25,
                chunk: 10,
            }],
            parts: vec![Path::dotted("summary")],
        };
        ChunkList::new(
            Key::text("s"),
            1,
            &cut,
            &[Measure {
                digest: Digest(0),
                bytes: 1,
            }; 4],
        )
    }

    fn find(path: &str) -> Result<Target, String> {
        target(&layout(), &list(), &Path::dotted(path))
    }

    #[test]
    fn leads_to_the_piece_that_holds_the_value() {
        let item = PieceName {
            path: Path::dotted("items"),
            index: 2,
        };
        assert_eq!(
            find("items.24.name"),
            Ok(Target::Item {
                name: item,
                rest: Path::dotted("4.name")
            })
        );
        assert_eq!(find("items"), Ok(Target::Array));
        let part = PieceName {
            path: Path::dotted("summary"),
            index: 0,
        };
        assert_eq!(
            find("summary.text"),
            Ok(Target::Part {
                name: part,
                rest: Path::dotted("text")
            })
        );
        assert_eq!(find("name"), Ok(Target::Skeleton));
        assert_eq!(find("items.extra"), Ok(Target::Skeleton));
        assert_eq!(find("notes"), Ok(Target::Skeleton));
        assert_eq!(find("video"), Ok(Target::Around));
        assert_eq!(find(""), Ok(Target::Around));
    }

    #[test]
    fn refuses_what_is_not_there() {
        assert!(find("items.25").unwrap_err().contains("25 items"));
        assert!(find("items.length").is_err());
    }

    #[test]
    fn an_index_has_one_form() {
        assert_eq!(array_index("10"), Some(10));
        for key in ["", "01", "+1", "-1", "1.0", "4294967295", "99999999999"] {
            assert_eq!(array_index(key), None, "{key}");
        }
    }
}
