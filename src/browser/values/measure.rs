//! Digests and sizes of pieces, with and without the bytes of Blobs.

use crate::browser::js;
use crate::browser::timer::{READ_LIMIT_MS, called};
use crate::browser::values::blobs::note;
use crate::browser::values::frame::Refusal;
use crate::browser::values::walk::{Walked, walk};
use crate::domain::digest::{Digest, Hasher, Measure};
use crate::domain::recognise::Broken;
use crate::ports::Measured;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

/// Larger Blobs are read bit by bit.
const LARGE: f64 = 4.0 * 1024.0 * 1024.0;

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

/// The digest of a Blob's bytes; `None` if they can't be read in full. None of them is sliced: Chromium ends the
/// whole page, now and then, when a Blob is made of one that was stored.
async fn digest_of(blob: &JsValue) -> Option<Digest> {
    let size = js::field(blob, "size").as_f64()?;
    let mut hasher = Hasher::new("blob/1");
    let mut read = 0.0;
    let mut feed = |bytes: JsValue| {
        let bytes = Uint8Array::new(&bytes).to_vec();
        read += bytes.len() as f64;
        hasher.raw(&bytes);
    };
    if size <= LARGE {
        feed(called(READ_LIMIT_MS, blob, "arrayBuffer").await?);
    } else {
        let reader = js::call(&js::call(blob, "stream")?, "getReader")?;
        loop {
            let part = called(READ_LIMIT_MS, &reader, "read").await?;
            if js::field(&part, "done").is_truthy() {
                break;
            }
            feed(js::field(&part, "value"));
        }
    }
    (read == size).then(|| hasher.finish())
}
