//! Digests and sizes of pieces, with and without the bytes of Blobs.

use crate::browser::js;
use crate::browser::timer::{READ_LIMIT_MS, answer};
use crate::browser::values::blobs::note;
use crate::browser::values::frame::Refusal;
use crate::browser::values::walk::{Walked, walk};
use crate::domain::digest::{Digest, Hasher, Measure};
use crate::domain::recognise::Broken;
use crate::ports::Measured;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

/// A Blob of any size is read through a window of this size.
const WINDOW: f64 = 4.0 * 1024.0 * 1024.0;

/// Everything but the bytes of Blobs, at once.
pub fn outline(pieces: &[JsValue], moved: &[JsValue]) -> Result<Vec<Measure>, Broken> {
    Ok(walked(pieces, moved)?.measures)
}

/// Both. The full digest of a piece without Blobs is its outline.
pub async fn full(pieces: &[JsValue], moved: &[JsValue]) -> Result<Measured, Broken> {
    let walked = walked(pieces, moved)?;
    let mut full = Vec::with_capacity(pieces.len());
    for (outline, blobs) in walked.measures.iter().zip(&walked.blobs) {
        if blobs.is_empty() {
            full.push(*outline);
            continue;
        }
        note();
        let mut hasher = Hasher::new("value with blobs/1");
        hasher.digest(outline.digest);
        for blob in blobs {
            let digest = digest_of(blob).await;
            hasher.digest(digest.ok_or_else(|| {
                Broken::new("BlobUnreadable", "the browser can't read one of its Blobs")
            })?);
        }
        full.push(Measure {
            digest: hasher.finish(),
            bytes: outline.bytes,
        });
    }
    Ok(Measured {
        full,
        outline: walked.measures,
    })
}

fn walked(pieces: &[JsValue], moved: &[JsValue]) -> Result<Walked, Broken> {
    walk(pieces, moved).map_err(|refusal| match refusal {
        Refusal::Unsupported { path, kind, .. } => Broken::new(
            "UnsupportedValue",
            format!(
                "{} is a {kind}, which can't be proven to be kept",
                place(&path)
            ),
        ),
        Refusal::Shared { path, .. } => Broken::new(
            "SharedObject",
            format!("{} is also held in another place", place(&path)),
        ),
    })
}

fn place(path: &str) -> String {
    match path {
        "" => "one of its values".into(),
        path => format!("the value at `{path}`"),
    }
}

/// The digest of a Blob's bytes; `None` if they can't be read in full.
async fn digest_of(blob: &JsValue) -> Option<Digest> {
    let size = js::field(blob, "size").as_f64()?;
    let slice = js::method(blob, "slice")?;
    let mut hasher = Hasher::new("blob/1");
    let mut from = 0.0;
    while from < size {
        let to = (from + WINDOW).min(size);
        let part = slice.call2(blob, &JsValue::from_f64(from), &JsValue::from_f64(to));
        let part = part.ok()?;
        let read = js::method(&part, "arrayBuffer")?.call0(&part).ok()?;
        let buffer = answer(READ_LIMIT_MS, read).await?;
        let bytes = Uint8Array::new(&buffer).to_vec();
        if bytes.len() as f64 != to - from {
            return None;
        }
        hasher.raw(&bytes);
        from = to;
    }
    Some(hasher.finish())
}
