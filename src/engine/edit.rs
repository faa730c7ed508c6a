//! Edits: only the pieces that hold what changed are written, with the list and the manifest.

use super::Engine;
use super::claim::expecting;
use super::handle::{Handle, Known, invalid_path};
use super::install::unsupported;
use crate::domain::chunk_list::{ArrayEntry, ChunkEntry, PartEntry, PieceName};
use crate::domain::cut::{ArrayCut, Cut, Shape};
use crate::domain::digest::Measure;
use crate::domain::edit::{Target, target};
use crate::domain::path::Path;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Ports, Write};

/// A session as it is to be, and what has to be written for it.
struct Change<B> {
    known: Known<B>,
    puts: Vec<(PieceName, B)>,
    deletes: Vec<PieceName>,
}

impl<P: Ports> Engine<P> {
    /// Replaces or adds the value at a path.
    pub async fn set(&self, handle: &Handle<P::Body>, path: &Path, value: &P::Body) -> Result<()> {
        let _turn = handle.writing.lock().await;
        let value = self.ports.bodies().copy(value)?;
        self.set_value(handle, path, value).await
    }

    /// Replaces one item of an array.
    pub async fn set_item(
        &self,
        handle: &Handle<P::Body>,
        path: &Path,
        index: u32,
        item: &P::Body,
    ) -> Result<()> {
        let known = handle.known();
        let is_array = known.list.array(path).is_some()
            || matches!(self.ports.bodies().shape(&known.skeleton, path), Shape::Array(len) if index < len);
        if !is_array {
            return Err(invalid_path(
                &known.manifest,
                path,
                format!("has no item {index}"),
            ));
        }
        self.set(handle, &path.child(index.to_string()), item).await
    }

    /// Adds items at the end of an array and returns its new length.
    pub async fn append(
        &self,
        handle: &Handle<P::Body>,
        path: &Path,
        items: &P::Body,
    ) -> Result<u32> {
        let _turn = handle.writing.lock().await;
        let bodies = self.ports.bodies();
        let items = bodies.copy(items)?;
        let added = bodies.len(&items).ok_or_else(|| Error::InvalidArgument {
            name: "items".into(),
            expected: "must be an array".into(),
        })?;
        let known = handle.known();
        let Some(array) = known.list.array(path) else {
            return self.append_unlisted(handle, path, items, added).await;
        };
        let length = array.len().checked_add(added);
        let length = length
            .ok_or_else(|| invalid_path(&known.manifest, path, "would be too long".into()))?;
        if added == 0 {
            return Ok(length);
        }
        // The last chunk is filled up first; all before it stay as they are.
        let mut first = array.chunks.len() as u32;
        let mut tail = vec![items];
        if let Some(last) = array.chunks.last().filter(|last| last.len < array.chunk) {
            first -= 1;
            debug_assert!(last.len < array.chunk);
            tail.insert(
                0,
                self.piece(
                    &known,
                    &PieceName {
                        path: path.clone(),
                        index: first,
                    },
                )
                .await?,
            );
        }
        let tail = bodies.concat(&tail);
        let mut change = change(&known);
        let (puts, entries) = self.chunks(path, &tail, array.chunk, first).await?;
        if let Some(array) = array_mut(&mut change.known, path) {
            array.chunks.truncate(first as usize);
            array.chunks.extend(entries);
        }
        change.puts = puts;
        self.commit_change(handle, change).await?;
        Ok(length)
    }

    /// Appends to an array that is not chunked (yet): it lies in the skeleton, or nowhere.
    async fn append_unlisted(
        &self,
        handle: &Handle<P::Body>,
        path: &Path,
        items: P::Body,
        added: u32,
    ) -> Result<u32> {
        let known = handle.known();
        let bodies = self.ports.bodies();
        let (value, length) = match bodies.shape(&known.skeleton, path) {
            Shape::Array(length) => {
                let before = bodies.get(&known.skeleton, path);
                let all: Vec<_> = before.into_iter().chain([items]).collect();
                (bodies.concat(&all), length.saturating_add(added))
            }
            Shape::Missing if known.manifest.layout.array(path).is_some() => (items, added),
            _ => {
                return Err(invalid_path(
                    &known.manifest,
                    path,
                    "is not an array".into(),
                ));
            }
        };
        self.set_value(handle, path, value).await?;
        Ok(length)
    }

    async fn set_value(&self, handle: &Handle<P::Body>, path: &Path, value: P::Body) -> Result<()> {
        let known = handle.known();
        let id = &known.manifest.layout.id;
        if path.starts_with(id) || id.starts_with(path) {
            return Err(invalid_path(
                &known.manifest,
                path,
                "holds the id, which never changes".into(),
            ));
        }
        let bodies = self.ports.bodies();
        let problem = |problem: String| invalid_path(&known.manifest, path, problem);
        let nowhere = || problem("leads to nothing that could hold a value".into());
        let mut change = change(&known);
        match target(&known.manifest.layout, &known.list, path).map_err(problem)? {
            Target::Skeleton => self.place(&mut change, path, value).await?,
            Target::Array => {
                let gone = known
                    .list
                    .array(path)
                    .map_or(0, |array| array.chunks.len() as u32);
                change.known.list.arrays.retain(|array| &array.path != path);
                change.deletes = (0..gone)
                    .map(|index| PieceName {
                        path: path.clone(),
                        index,
                    })
                    .collect();
                self.place(&mut change, path, value).await?;
                change
                    .deletes
                    .retain(|name| !change.puts.iter().any(|(put, _)| put == name));
            }
            Target::Part { name, rest } | Target::Item { name, rest } => {
                let piece = match rest.is_root() {
                    true => value,
                    false => {
                        let piece = self.piece(&known, &name).await?;
                        bodies.set(&piece, &rest, &value).ok_or_else(nowhere)?
                    }
                };
                let measure = self.measure_one(&piece).await?;
                change.known.list.set_measure(&name, measure);
                change.puts.push((name, piece));
            }
            Target::Around => return self.rewrite(handle, path, &value).await,
        }
        self.commit_change(handle, change).await
    }

    /// Puts a value into the skeleton, or takes it out where the layout says so.
    async fn place(&self, change: &mut Change<P::Body>, path: &Path, value: P::Body) -> Result<()> {
        let bodies = self.ports.bodies();
        let root = Path::default();
        let manifest = change.known.manifest.clone();
        let nowhere = || {
            invalid_path(
                &manifest,
                path,
                "leads to nothing that could hold a value".into(),
            )
        };
        // The layout, applied to this value alone.
        let mut layout = manifest.layout.clone();
        layout.arrays.retain(|rule| &rule.path == path);
        layout.parts.retain(|part| part == path);
        let (cut, _) = Cut::plan(&layout, |_| bodies.shape(&value, &root));
        if let [ArrayCut { chunk, .. }] = cut.arrays[..] {
            let (puts, chunks) = self.chunks(path, &value, chunk, 0).await?;
            change.known.list.arrays.push(ArrayEntry {
                path: path.clone(),
                chunk,
                chunks,
            });
            change.puts.extend(puts);
        } else if cut.parts.len() == 1 {
            let measure = self.measure_one(&value).await?;
            change.known.list.parts.push(PartEntry {
                path: path.clone(),
                measure,
            });
            change.puts.push((
                PieceName {
                    path: path.clone(),
                    index: 0,
                },
                value.clone(),
            ));
        }
        // What was taken out leaves its place behind, just as in a split.
        let whole = bodies
            .set(&change.known.skeleton, path, &value)
            .ok_or_else(nowhere)?;
        change.known.skeleton = bodies.split(&whole, &cut).skeleton;
        Ok(())
    }

    /// An array as chunks, numbered from `first`.
    async fn chunks(
        &self,
        path: &Path,
        array: &P::Body,
        chunk: u32,
        first: u32,
    ) -> Result<(Vec<(PieceName, P::Body)>, Vec<ChunkEntry>)> {
        let bodies = self.ports.bodies();
        let len = bodies.len(array).unwrap_or(0);
        let ranges: Vec<_> = ArrayCut {
            path: path.clone(),
            len,
            chunk,
        }
        .ranges()
        .collect();
        let pieces: Vec<_> = ranges
            .iter()
            .map(|range| bodies.slice(array, range.start, range.end))
            .collect();
        let measured = bodies
            .measure(&pieces, &[])
            .await
            .map_err(|broken| unsupported(&broken))?;
        let entries = ranges.iter().zip(measured.full);
        let entries = entries.map(|(range, measure)| ChunkEntry {
            len: range.end - range.start,
            measure,
        });
        let names = (first..).map(|index| PieceName {
            path: path.clone(),
            index,
        });
        Ok((names.zip(pieces).collect(), entries.collect()))
    }

    async fn measure_one(&self, value: &P::Body) -> Result<Measure> {
        let measured = self
            .ports
            .bodies()
            .measure(std::slice::from_ref(value), &[])
            .await;
        let measured = measured.map_err(|broken| unsupported(&broken))?;
        let nothing = || Error::UnsupportedValue {
            code: "UnsupportedValue",
            reason: "the value could not be measured".into(),
        };
        measured.full.first().copied().ok_or_else(nothing)
    }

    async fn commit_change(&self, handle: &Handle<P::Body>, change: Change<P::Body>) -> Result<()> {
        let Change {
            mut known,
            puts,
            deletes,
        } = change;
        let measure = self.measure_one(&known.skeleton).await?;
        let manifest = &mut known.manifest;
        let id = manifest.id.clone();
        let generation = manifest.generation;
        let expect = expecting(&id, Some(manifest));
        manifest.revision += 1;
        manifest.edited = true;
        manifest.updated_at = self.ports.clock().now();
        manifest.skeleton_measure = measure;
        manifest.fingerprint = known.list.root(measure.digest);
        manifest.bytes = measure.bytes + known.list.bytes();
        manifest.chunks = known.list.names().len() as u32;
        if let Some(path) = &manifest.layout.label {
            manifest.label = self.ports.bodies().text(&known.skeleton, path);
        }
        let put = puts.into_iter().map(|(name, body)| Write::PutPiece {
            id: id.clone(),
            generation,
            name,
            body,
        });
        let delete = deletes.into_iter().map(|name| Write::DeletePiece {
            id: id.clone(),
            generation,
            name,
        });
        let mut writes: Vec<_> = delete.chain(put).collect();
        writes.push(Write::PutList(known.list.clone()));
        writes.push(Write::PutManifest(
            Box::new(manifest.clone()),
            known.skeleton.clone(),
        ));
        let bytes = manifest.bytes;
        let claim = self.claim(&id).await;
        self.write(&claim, expect, writes, Durability::Relaxed, bytes, true)
            .await?;
        handle.move_on(known);
        Ok(())
    }

    /// Replaces a value that contains chunked places: the session is split anew.
    async fn rewrite(&self, handle: &Handle<P::Body>, path: &Path, value: &P::Body) -> Result<()> {
        let known = handle.known();
        let id = known.manifest.id.clone();
        let body = self
            .load_chunked(&id)
            .await?
            .ok_or_else(|| Error::StaleHandle { id: id.clone() })?;
        let body = self.ports.bodies().set(&body, path, value).ok_or_else(|| {
            invalid_path(
                &known.manifest,
                path,
                "leads to nothing that could hold a value".into(),
            )
        })?;
        let claim = self.claim(&id).await;
        let previous = Some(known.manifest.clone());
        let known = self.install(&claim, &body, previous, Vec::new()).await?;
        handle.move_on(known);
        Ok(())
    }
}

fn change<B: Clone>(known: &Known<B>) -> Change<B> {
    Change {
        known: known.clone(),
        puts: Vec::new(),
        deletes: Vec::new(),
    }
}

fn array_mut<'a, B>(known: &'a mut Known<B>, path: &Path) -> Option<&'a mut ArrayEntry> {
    known
        .list
        .arrays
        .iter_mut()
        .find(|array| &array.path == path)
}
