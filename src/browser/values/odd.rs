//! The rarer kinds of values, and the refusal of all that are not known.
//!
//! Buffers that can change their size are refused: browsers differ about what they store of them.

use crate::browser::js::{self, List, Text, Unproven};
use crate::browser::values::encoder::Tag;
use crate::browser::values::frame::{Frame, Names, Stop};
use crate::browser::values::kind::{Kind, kind_name};
use crate::browser::values::walk::Walker;
use wasm_bindgen::{JsCast, JsValue};

/// Feeds a value of one of these kinds; a frame if there are values inside it.
pub fn feed(walker: &mut Walker, kind: Kind, value: &JsValue) -> Result<Option<Frame>, Stop> {
    if !value.is_object() {
        return primitive(walker, kind, value).map(|()| None);
    }
    if matches!(
        kind,
        Kind::Other | Kind::Undefined | Kind::Null | Kind::Object
    ) {
        return Err(Stop::unsupported(value));
    }
    if !walker.first_sight(value)? {
        return Ok(None);
    }
    let refuse = |_| Stop::unsupported(value);
    match kind {
        Kind::Date => {
            let time = js::time_of(value).map_err(refuse)?;
            walker.encoder.tag(Tag::Date);
            walker.encoder.number(time);
            walker.encoder.weigh(8);
        }
        Kind::RegExp => {
            walker.encoder.tag(Tag::RegExp);
            // `lastIndex` is not stored.
            walker.text_field(value, "source")?;
            walker.text_field(value, "flags")?;
        }
        Kind::Boolean | Kind::Number | Kind::String | Kind::BigInt => {
            let inner = value
                .unchecked_ref::<Unproven>()
                .value_of()
                .map_err(refuse)?;
            if inner.is_object() {
                return Err(Stop::unsupported(value));
            }
            walker.encoder.tag(Tag::Boxed);
            return walker.value(&inner);
        }
        Kind::Map => return map(walker, value).map(Some),
        Kind::Set => {
            let members = js::members_of(value).map_err(refuse)?;
            let count = members.length();
            walker.encoder.tag(Tag::Set);
            walker.encoder.count(count);
            return Ok(Some(Frame::new(members, count, Names::Entries("member"))));
        }
        Kind::ArrayBuffer => buffer(walker, value)?,
        Kind::View => view(walker, value)?,
        Kind::Blob | Kind::File => blob(walker, kind, value)?,
        Kind::Error => return error(walker, value).map(Some),
        Kind::ImageData => return image(walker, value).map(Some),
        Kind::Other | Kind::Undefined | Kind::Null | Kind::Object => {
            return Err(Stop::unsupported(value));
        }
    }
    Ok(None)
}

/// Properties of an Error that some browsers store and others do not: what is there counts.
const WHERE_IT_WAS_THROWN: [&str; 4] = ["stack", "fileName", "lineNumber", "columnNumber"];

fn error(walker: &mut Walker, value: &JsValue) -> Result<Frame, Stop> {
    walker.encoder.tag(Tag::Error);
    walker.text_field(value, "name")?;
    walker.text_field(value, "message")?;
    for name in WHERE_IT_WAS_THROWN {
        let place = js::field(value, name);
        if place.is_object() {
            return Err(Stop::unsupported(value));
        }
        walker.value(&place)?;
    }
    let cause = js::own(value, &JsValue::from_str("cause"));
    walker.encoder.count(u32::from(cause.is_some()));
    let inside = List::empty();
    if let Some(cause) = &cause {
        inside.put(0, cause);
    }
    let count = inside.length();
    Ok(Frame::new(inside, count, Names::Entries("cause")))
}

/// The color space of all pixels in browsers that know no other, and do not name it.
const ONLY_COLOR_SPACE: &str = "srgb";

fn image(walker: &mut Walker, value: &JsValue) -> Result<Frame, Stop> {
    let (width, height) = (size_of(value, "width")?, size_of(value, "height")?);
    let format = js::field(value, "pixelFormat");
    if format.is_object() {
        return Err(Stop::unsupported(value));
    }
    walker.encoder.tag(Tag::ImageData);
    walker.encoder.number(width);
    walker.encoder.number(height);
    match js::field(value, "colorSpace").is_undefined() {
        true => walker
            .encoder
            .exact_text(&Text::Whole(ONLY_COLOR_SPACE.into())),
        false => walker.text_field(value, "colorSpace")?,
    }
    walker.value(&format)?;
    let inside = List::empty();
    inside.put(0, &js::field(value, "data"));
    Ok(Frame::new(inside, 1, Names::Entries("pixels")))
}

fn primitive(walker: &mut Walker, kind: Kind, value: &JsValue) -> Result<(), Stop> {
    match (kind, value.as_bool()) {
        (Kind::Boolean, Some(true)) => walker.encoder.tag(Tag::True),
        (Kind::Boolean, Some(false)) => walker.encoder.tag(Tag::False),
        (Kind::BigInt, _) => {
            let digits = js::digits_of(value, 16).map_err(|_| Stop::unsupported(value))?;
            walker.encoder.tag(Tag::BigInt);
            walker.encoder.text(&digits);
        }
        _ => return Err(Stop::unsupported(value)),
    }
    Ok(())
}

fn map(walker: &mut Walker, value: &JsValue) -> Result<Frame, Stop> {
    let pairs = js::pairs_of(value).map_err(|_| Stop::unsupported(value))?;
    // Keys and values in turn. Only the pairs are taken apart, no array inside them.
    let flat = js::flatten(&pairs);
    let count = flat.length();
    if u64::from(count) != 2 * u64::from(pairs.length()) {
        return Err(Stop::unsupported(value));
    }
    walker.encoder.tag(Tag::Map);
    walker.encoder.count(pairs.length());
    Ok(Frame::new(flat, count, Names::Entries("key or value")))
}

fn buffer(walker: &mut Walker, value: &JsValue) -> Result<(), Stop> {
    let is = |name: &str| js::field(value, name) == JsValue::TRUE;
    if is("resizable") {
        return Err(Stop::Unsupported("ArrayBuffer that can be resized".into()));
    }
    if is("detached") {
        return Err(Stop::Unsupported("ArrayBuffer that was given away".into()));
    }
    let length = size_of(value, "byteLength")?;
    walker.encoder.tag(Tag::ArrayBuffer);
    walker.encoder.number(length);
    walker.encoder.buffer(value);
    Ok(())
}

fn view(walker: &mut Walker, value: &JsValue) -> Result<(), Stop> {
    let (offset, length) = (size_of(value, "byteOffset")?, size_of(value, "byteLength")?);
    let inner = js::field(value, "buffer");
    if js::tag(&inner) != "[object ArrayBuffer]" {
        return Err(Stop::Unsupported(format!(
            "{} on shared memory",
            kind_name(value)
        )));
    }
    walker.encoder.tag(Tag::View);
    walker.encoder.text(&kind_name(value));
    walker.encoder.number(offset);
    walker.encoder.number(length);
    if walker.first_sight(&inner)? {
        buffer(walker, &inner)?;
    }
    Ok(())
}

fn blob(walker: &mut Walker, kind: Kind, value: &JsValue) -> Result<(), Stop> {
    let size = size_of(value, "size")?;
    walker.encoder.tag(if kind == Kind::File {
        Tag::File
    } else {
        Tag::Blob
    });
    walker.encoder.number(size);
    walker.text_field(value, "type")?;
    if kind == Kind::File {
        walker.text_field(value, "name")?;
        let changed = js::field(value, "lastModified").as_f64();
        walker
            .encoder
            .number(changed.ok_or_else(|| Stop::unsupported(value))?);
    }
    walker.encoder.weigh_exactly(size as u64);
    walker.blobs.push(value.clone());
    Ok(())
}

fn size_of(value: &JsValue, name: &str) -> Result<f64, Stop> {
    let size = js::field(value, name).as_f64();
    size.ok_or_else(|| Stop::unsupported(value))
}
