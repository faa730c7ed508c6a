//! What lies inside two values of one type.

use crate::browser::differences::compare::Pairs;
use crate::browser::differences::print::print;
use crate::browser::differences::report::Report;
use crate::browser::js::{self, List};
use crate::browser::values::{Kind, index};
use js_sys::Uint8Array;
use std::collections::HashSet;
use wasm_bindgen::{JsCast, JsValue};

const ABSENT: &str = "undefined";

/// Length, items and other properties of two arrays.
pub fn arrays(report: &mut Report, a: &JsValue, b: &JsValue) -> Pairs {
    let (one, other): (&List, &List) = (a.unchecked_ref(), b.unchecked_ref());
    let (one, other) = (one.length(), other.length());
    report.lengths("length", one as usize, other as usize);
    // What lies beyond the shorter one is told by the lengths.
    let shared = one.min(other);
    fields(report, a, b, |key| {
        index(key).is_none_or(|index| index < shared)
    })
}

/// Own fields of both, in the order of the first.
pub fn fields(
    report: &mut Report,
    a: &JsValue,
    b: &JsValue,
    counts: impl Fn(&str) -> bool,
) -> Pairs {
    let (one, other) = (names(a, &counts), names(b, &counts));
    let ours: HashSet<_> = one.iter().collect();
    let theirs: HashSet<_> = other.iter().collect();
    let mut pairs = Pairs::new();
    for name in &one {
        let value = field(a, name);
        if theirs.contains(name) {
            pairs.push((name.text.clone(), value, field(b, name)));
        } else {
            let value = print(&value);
            report.inside(&name.text, "Missing field", value, ABSENT.into());
        }
    }
    for name in other.iter().filter(|name| !ours.contains(name)) {
        let value = print(&field(b, name));
        report.inside(&name.text, "Unexpected field", ABSENT.into(), value);
    }
    let order = |names: &[Name], others: &HashSet<&Name>| -> Vec<String> {
        let common = names.iter().filter(|name| others.contains(name));
        common.map(|name| name.text.clone()).collect()
    };
    let (one, other) = (order(&one, &theirs), order(&other, &ours));
    if one != other {
        report.texts("Order of fields", one.join(", "), other.join(", "));
    }
    pairs
}

/// Size and members of two Maps or two Sets, in their order.
pub fn members(report: &mut Report, kind: Kind, a: &JsValue, b: &JsValue) -> Pairs {
    let list = match kind {
        Kind::Map => js::pairs_of,
        _ => js::members_of,
    };
    let (Ok(one), Ok(other)) = (list(a), list(b)) else {
        report.values("Can't be compared", a, b);
        return Pairs::new();
    };
    report.lengths("size", one.length() as usize, other.length() as usize);
    let pair = |index: u32| {
        let (a, b) = (one.at(index), other.at(index));
        if kind == Kind::Set {
            return vec![(format!("member {index}"), a, b)];
        }
        let (a, b): (List, List) = (a.unchecked_into(), b.unchecked_into());
        vec![
            (format!("key {index}"), a.at(0), b.at(0)),
            (format!("value {index}"), a.at(1), b.at(1)),
        ]
    };
    let count = one.length().min(other.length());
    (0..count).flat_map(pair).collect()
}

/// Length and bytes of two buffers: the first byte that differs stands for all.
pub fn bytes(report: &mut Report, a: &JsValue, b: &JsValue) -> Pairs {
    let (one, other) = (Uint8Array::new(a).to_vec(), Uint8Array::new(b).to_vec());
    report.lengths("byteLength", one.len(), other.len());
    let pairs = one.iter().zip(&other).enumerate();
    if let Some((at, (one, other))) = pairs.into_iter().find(|(_, (one, other))| one != other) {
        let (one, other) = (one.to_string(), other.to_string());
        report.inside(&at.to_string(), "Value mismatch", one, other);
    }
    Pairs::new()
}

/// A key: for people, and as it is where a `String` would lose a lone surrogate.
#[derive(PartialEq, Eq, Hash)]
struct Name {
    text: String,
    units: Option<Vec<u16>>,
}

fn names(value: &JsValue, counts: impl Fn(&str) -> bool) -> Vec<Name> {
    let Ok(keys) = js::keys(value) else {
        return Vec::new();
    };
    let name = |at: u32| {
        let key = keys.at(at);
        let text = key.as_string()?;
        let units = match js::exact_text(&key)? {
            js::Text::Whole(_) => None,
            js::Text::Broken(units) => Some(units),
        };
        counts(&text).then_some(Name { text, units })
    };
    (0..keys.length()).filter_map(name).collect()
}

fn field(value: &JsValue, name: &Name) -> JsValue {
    let key = match &name.units {
        None => JsValue::from_str(&name.text),
        Some(units) => js::text_of(units).into(),
    };
    js::own(value, &key).unwrap_or(JsValue::UNDEFINED)
}
