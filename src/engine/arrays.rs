//! Arrays edited: items added and replaced, wherever an array lies.

use super::Engine;
use super::change::{Plan, change};
use super::handle::{Handle, Known, invalid_path};
use crate::domain::chunk_list::{ArrayEntry, PieceName};
use crate::domain::cut::Shape;
use crate::domain::edit::{Target, target};
use crate::domain::path::Path;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports};

impl<P: Ports> Engine<P> {
    /// Replaces one item of an array.
    pub async fn set_item(
        &self,
        handle: &Handle<P::Body>,
        path: &Path,
        index: u32,
        item: &P::Body,
    ) -> Result<()> {
        let _turn = handle.writing.lock().await;
        let item = self.ports.bodies().copy(item)?;
        let plan = async {
            let known = self.listed(handle).await?;
            let length = match known.list.array(path) {
                Some(array) => array.len(),
                None => self.unlisted(&known, path).await?.length,
            };
            if index >= length {
                let problem = format!("has no item {index}");
                return Err(invalid_path(&known.manifest, path, problem));
            }
            let path = path.child(index.to_string());
            Ok((self.plan_set(&known, &path, item).await?, ()))
        };
        self.edit(handle, plan).await
    }

    /// Adds items at the end of an array and returns its new length.
    pub async fn append(
        &self,
        handle: &Handle<P::Body>,
        path: &Path,
        items: &P::Body,
    ) -> Result<u32> {
        let _turn = handle.writing.lock().await;
        let items = self.ports.bodies().copy(items)?;
        let plan = async {
            let known = self.listed(handle).await?;
            self.plan_append(&known, path, items).await
        };
        self.edit(handle, plan).await
    }

    /// What it takes to add items, and the new length.
    async fn plan_append(
        &self,
        known: &Known<P::Body>,
        path: &Path,
        items: P::Body,
    ) -> Result<(Plan<P::Body>, u32)> {
        let bodies = self.ports.bodies();
        let added = bodies.len(&items).ok_or_else(|| Error::InvalidArgument {
            name: "items".into(),
            expected: "must be an array".into(),
        })?;
        let longer = |length: u32| {
            let length = length.checked_add(added);
            length.ok_or_else(|| invalid_path(&known.manifest, path, "would be too long".into()))
        };
        if let Some(array) = known.list.array(path) {
            let length = longer(array.len())?;
            let plan = match added {
                0 => Plan::Nothing,
                _ => self.append_chunks(known, array, items).await?,
            };
            return Ok((plan, length));
        }
        let Unlisted { length, holder } = self.unlisted(known, path).await?;
        let length = longer(length)?;
        if added == 0 {
            return Ok((Plan::Nothing, length));
        }
        let value = match holder {
            None => items,
            // Joined rather than concatenated: an array keeps its other properties.
            Some((holder, at)) => {
                let before = bodies.get(&holder, &at).into_iter();
                let chunks = before.chain([items]).collect();
                let joined = bodies.join(&holder, &[(at.clone(), chunks)], &[]);
                joined
                    .and_then(|joined| bodies.get(&joined, &at))
                    .ok_or_else(|| not_an_array(known, path))?
            }
        };
        Ok((self.plan_set(known, path, value).await?, length))
    }

    /// Fills up the last chunk and adds new ones; all before it stay as they are.
    async fn append_chunks(
        &self,
        known: &Known<P::Body>,
        array: &ArrayEntry,
        items: P::Body,
    ) -> Result<Plan<P::Body>> {
        let path = &array.path;
        let full = |length: u32| length >= array.chunk;
        let mut first = array.chunks.len() as u32;
        let mut tail = vec![items];
        if array.chunks.last().is_some_and(|last| !full(last.len)) {
            first -= 1;
            let name = PieceName {
                path: path.clone(),
                index: first,
            };
            tail.insert(0, self.piece_to_edit(known, &name).await?);
        }
        let tail = self.ports.bodies().concat(&tail);
        let mut change = change(known);
        let entries = self.chunks(&mut change, (path, &tail), array.chunk, first);
        let entries = entries.await?;
        let mut arrays = change.known.list.arrays.iter_mut();
        if let Some(array) = arrays.find(|array| &array.path == path) {
            array.chunks.truncate(first as usize);
            array.chunks.extend(entries);
        }
        Ok(Plan::Pieces(Box::new(change)))
    }

    /// An array that is not chunked, or not yet: in the skeleton, in a part, in an item, or missing
    /// where the layout has one.
    async fn unlisted(&self, known: &Known<P::Body>, path: &Path) -> Result<Unlisted<P::Body>> {
        let bodies = self.ports.bodies();
        let layout = &known.manifest.layout;
        let found = target(layout, &known.list, path);
        let found = found.map_err(|problem| invalid_path(&known.manifest, path, problem))?;
        let (holder, at) = match found {
            Target::Part { name, .. } => {
                let piece = self.piece_to_edit(known, &name).await?;
                let whole = bodies.set(&known.skeleton, &name.path, &piece);
                (whole.unwrap_or(piece), path.clone())
            }
            Target::Item { name, rest } => (self.piece_to_edit(known, &name).await?, rest),
            Target::Skeleton | Target::Array | Target::Around => {
                (known.skeleton.clone(), path.clone())
            }
        };
        match bodies.shape(&holder, &at) {
            Shape::Array(length) => Ok(Unlisted {
                length,
                holder: Some((holder, at)),
            }),
            Shape::Missing if layout.array(path).is_some() => Ok(Unlisted {
                length: 0,
                holder: None,
            }),
            _ => Err(not_an_array(known, path)),
        }
    }
}

/// An array that is no list of chunks.
struct Unlisted<B> {
    length: u32,
    /// What holds it, and where; `None` if it is missing.
    holder: Option<(B, Path)>,
}

fn not_an_array<B>(known: &Known<B>, path: &Path) -> Error {
    invalid_path(&known.manifest, path, "is not an array".into())
}
