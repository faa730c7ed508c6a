//! Values replaced or added.

use super::Engine;
use super::change::{Change, Plan, change};
use super::claim::Claim;
use super::handle::{Handle, Known, invalid_path};
use super::migrate::GuardOf;
use crate::domain::chunk_list::{ArrayEntry, PartEntry, PieceName};
use crate::domain::cut::{ArrayCut, Cut, Shape};
use crate::domain::edit::{Target, array_index, target};
use crate::domain::path::Path;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports};

impl<P: Ports> Engine<P> {
    /// Replaces or adds the value at a path.
    pub async fn set(&self, handle: &Handle<P::Body>, path: &Path, value: &P::Body) -> Result<()> {
        let _turn = handle.writing.lock().await;
        let value = self.ports.bodies().copy(value)?;
        let plan = async {
            let known = self.listed(handle).await?;
            Ok((self.plan_set(&known, path, value).await?, ()))
        };
        self.edit(handle, plan).await
    }

    /// What it takes to replace or add a value.
    pub(super) async fn plan_set(
        &self,
        known: &Known<P::Body>,
        path: &Path,
        value: P::Body,
    ) -> Result<Plan<P::Body>> {
        let id = known.manifest.layout.id.as_ref();
        if id.is_some_and(|id| path.starts_with(id) || id.starts_with(path)) {
            return Err(invalid_path(
                &known.manifest,
                path,
                "holds the id, which never changes".into(),
            ));
        }
        let bodies = self.ports.bodies();
        let problem = |problem: String| invalid_path(&known.manifest, path, problem);
        let nowhere = || problem("leads to nothing that could hold a value".into());
        let mut change = change(known);
        match target(&known.manifest.layout, &known.list, path).map_err(problem)? {
            Target::Skeleton => {
                self.within_array(&change.known, path)?;
                self.place(&mut change, path, value).await?;
            }
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
                        let piece = self.piece_to_edit(known, &name).await?;
                        bodies.set(&piece, &rest, &value).ok_or_else(nowhere)?
                    }
                };
                let measure = self.put_piece(&mut change, name.clone(), piece).await?;
                change.known.list.set_measure(&name, measure);
            }
            Target::Around => return Ok(Plan::Anew(path.clone(), value)),
        }
        Ok(Plan::Pieces(Box::new(change)))
    }

    /// Refuses an index beyond the end of an array that the layout chunks, though it is not chunked
    /// now: it is refused where it is.
    fn within_array(&self, known: &Known<P::Body>, path: &Path) -> Result<()> {
        let Some((above, key)) = path.split_last() else {
            return Ok(());
        };
        let chunked = known.manifest.layout.array(&above).is_some();
        let shape = self.ports.bodies().shape(&known.skeleton, &above);
        match (array_index(key).filter(|_| chunked), shape) {
            (Some(index), Shape::Array(len)) if index >= len => {
                let problem = format!("lies outside the array, which has {len} items");
                Err(invalid_path(&known.manifest, path, problem))
            }
            _ => Ok(()),
        }
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
            let chunks = self.chunks(change, (path, &value), chunk, 0).await?;
            change.known.list.arrays.push(ArrayEntry {
                path: path.clone(),
                chunk,
                chunks,
            });
        } else if cut.parts.len() == 1 {
            let name = PieceName {
                path: path.clone(),
                index: 0,
            };
            let measure = self.put_piece(change, name, value.clone()).await?;
            change.known.list.parts.push(PartEntry {
                path: path.clone(),
                measure,
            });
        }
        // What was taken out leaves its place behind, just as in a split.
        let whole = bodies
            .set(&change.known.skeleton, path, &value)
            .ok_or_else(nowhere)?;
        change.known.skeleton = bodies.split(&whole, &cut).skeleton;
        change.reshaped = true;
        Ok(())
    }

    /// Replaces a value that contains chunked places: the session is split anew.
    pub(super) async fn rewrite(
        &self,
        handle: &Handle<P::Body>,
        claim: &Claim<GuardOf<P>>,
        path: &Path,
        value: &P::Body,
    ) -> Result<()> {
        let known = self.listed(handle).await?;
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
        let previous = Some(known.manifest.clone());
        let known = self.install(claim, &body, previous, Vec::new()).await?;
        handle.move_on(known);
        Ok(())
    }
}
