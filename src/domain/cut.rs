//! What is taken out of one body: its layout, applied to the shapes found in it.

use crate::domain::layout::Layout;
use crate::domain::path::Path;
use crate::domain::report::Warning;
use std::ops::Range;

/// An array of more chunks than this stays in the skeleton: a sparse array may claim four
/// thousand million items and hold three.
pub const MAX_CHUNKS: u32 = 100_000;

/// What lies at a path, as far as splitting needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Nothing.
    Missing,
    /// An array and its length, holes included.
    Array(u32),
    /// Text and whether it is empty.
    Text {
        /// True for `""`.
        empty: bool,
    },
    /// Any other object.
    Object,
    /// A primitive value.
    Primitive,
}

/// One array to be chunked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayCut {
    /// Where it lies.
    pub path: Path,
    /// Its length, at least 1.
    pub len: u32,
    /// Items in a chunk.
    pub chunk: u32,
}

impl ArrayCut {
    /// The half-open ranges of its chunks, in order, without gaps.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u32>> + use<> {
        let Self { len, chunk, .. } = *self;
        (0..len.div_ceil(chunk)).map(move |index| {
            let from = index * chunk;
            from..from.saturating_add(chunk).min(len)
        })
    }
}

/// What is taken out of one body. The pieces follow in this order: the chunks of each array, then
/// the parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cut {
    /// Arrays that are chunked; empty arrays stay in the skeleton.
    pub arrays: Vec<ArrayCut>,
    /// Values that are stored by themselves.
    pub parts: Vec<Path>,
}

impl Cut {
    /// Applies a layout to a body whose shapes `shape` tells.
    pub fn plan(layout: &Layout, mut shape: impl FnMut(&Path) -> Shape) -> (Self, Vec<Warning>) {
        let mut cut = Self::default();
        let mut warnings = Vec::new();
        for rule in &layout.arrays {
            match shape(&rule.path) {
                Shape::Array(len) if len.div_ceil(rule.chunk) > MAX_CHUNKS => {
                    warnings.push(Warning::new(
                        "TooManyChunks",
                        &rule.path,
                        format!("claims {len} items and stays in one piece"),
                    ));
                }
                Shape::Array(0) | Shape::Missing => {}
                Shape::Array(len) => {
                    cut.arrays.push(ArrayCut {
                        path: rule.path.clone(),
                        len,
                        chunk: rule.chunk,
                    });
                }
                _ => warnings.push(Warning::new(
                    "NotAnArray",
                    &rule.path,
                    "is not an array and stays in the manifest as it is".into(),
                )),
            }
        }
        for path in &layout.parts {
            match shape(path) {
                Shape::Array(_) | Shape::Object | Shape::Text { empty: false } => {
                    cut.parts.push(path.clone());
                }
                Shape::Missing | Shape::Text { empty: true } | Shape::Primitive => {}
            }
        }
        (cut, warnings)
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        self.arrays
            .iter()
            .map(|array| array.len.div_ceil(array.chunk) as usize)
            .sum::<usize>()
            + self.parts.len()
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::layout::ArrayRule;
    use proptest::prelude::*;

    fn layout() -> Layout {
        Layout {
            version: 1,
            id: Some(Path::dotted("id")),
            label: None,
            arrays: vec![ArrayRule {
                path: Path::dotted("items"),
                chunk: 20,
            }],
            parts: vec![Path::dotted("summary")],
        }
    }

    fn plan(items: Shape, summary: Shape) -> (Cut, Vec<Warning>) {
        Cut::plan(&layout(), |path| {
            if path == &Path::dotted("items") {
                items.clone()
            } else {
                summary.clone()
            }
        })
    }

    #[test]
    fn counts_at_the_edges_of_a_chunk() {
        for (len, chunks) in [(1, 1), (19, 1), (20, 1), (21, 2), (20_020, 1001)] {
            assert_eq!(
                plan(Shape::Array(len), Shape::Missing).0.pieces(),
                chunks,
                "{len} items"
            );
        }
    }

    #[test]
    fn empty_and_missing_stay_where_they_are() {
        for shape in [Shape::Missing, Shape::Array(0)] {
            assert_eq!(
                plan(shape, Shape::Text { empty: true }),
                (Cut::default(), vec![])
            );
        }
    }

    #[test]
    fn an_array_that_is_none_is_kept_and_reported() {
        let (cut, warnings) = plan(Shape::Text { empty: false }, Shape::Object);
        assert_eq!((cut.arrays.len(), cut.parts.len()), (0, 1));
        assert_eq!(warnings[0].code, "NotAnArray");
    }

    #[test]
    fn a_hostile_length_does_not_make_a_million_chunks() {
        let (cut, warnings) = plan(Shape::Array(u32::MAX), Shape::Missing);
        assert_eq!(cut.pieces(), 0);
        assert_eq!(warnings[0].code, "TooManyChunks");
    }

    proptest! {
        #[test]
        fn ranges_cover_every_item_once(len in 1u32..5000, chunk in 1u32..300) {
            let cut = ArrayCut { path: Path::dotted("a"), len, chunk };
            let mut next = 0;
            for range in cut.ranges() {
                prop_assert_eq!(range.start, next);
                prop_assert!(range.end > range.start && range.end - range.start <= chunk);
                next = range.end;
            }
            prop_assert_eq!(next, len);
            prop_assert_eq!(cut.ranges().count(), len.div_ceil(chunk) as usize);
        }

        #[test]
        fn ranges_do_not_overflow(len in (u32::MAX - 10)..=u32::MAX, chunk in (u32::MAX / 3)..=u32::MAX) {
            let cut = ArrayCut { path: Path::dotted("a"), len, chunk };
            prop_assert_eq!(cut.ranges().map(|range| u64::from(range.end - range.start)).sum::<u64>(), u64::from(len));
        }

        #[test]
        fn whatever_lies_there_is_cut_once_or_stays(items in any_shape(), summary in any_shape()) {
            let (cut, warnings) = plan(items.clone(), summary.clone());
            let cuts_items = matches!(items, Shape::Array(len) if len > 0 && len.div_ceil(20) <= MAX_CHUNKS);
            prop_assert_eq!(cut.arrays.len(), usize::from(cuts_items));
            prop_assert!(cut.parts.len() <= 1 && warnings.len() <= 1);
            // What is no array, and is there, is never passed over in silence.
            let odd = !matches!(items, Shape::Array(_) | Shape::Missing);
            prop_assert!(!odd || warnings[0].code == "NotAnArray");
        }
    }

    fn any_shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            Just(Shape::Missing),
            any::<u32>().prop_map(Shape::Array),
            (0u32..100).prop_map(Shape::Array),
            any::<bool>().prop_map(|empty| Shape::Text { empty }),
            Just(Shape::Object),
            Just(Shape::Primitive),
        ]
    }
}
