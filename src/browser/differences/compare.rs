//! The comparison of one pair of values.

use crate::browser::differences::print::print;
use crate::browser::js::{self, List, Numbers, Unproven};
use crate::browser::values::{Kind, Kinds, index, kind_name};
use crate::domain::path::Path;
use crate::domain::verification::Difference;
use js_sys::Uint8Array;
use std::collections::HashSet;
use wasm_bindgen::{JsCast, JsValue};

/// Values inside a pair that are to be compared next, and how they are called.
pub type Pairs = Vec<(String, JsValue, JsValue)>;

const ABSENT: &str = "undefined";

/// What was compared so far, and what was found.
pub struct Comparison {
    /// In order.
    pub found: Vec<Difference>,
    kinds: Kinds,
    /// Objects of either side that were met, by number.
    expected: Numbers,
    actual: Numbers,
    count: u32,
}

impl Comparison {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            found: Vec::new(),
            kinds: Kinds::new(),
            expected: Numbers::new(),
            actual: Numbers::new(),
            count: 0,
        }
    }

    /// Compares a pair as such, and returns the pairs inside it.
    pub fn pair(&mut self, path: &Path, a: &JsValue, b: &JsValue) -> Pairs {
        if !a.is_object() || !b.is_object() {
            if !js::same(a, b) {
                let what = match a.is_object() || b.is_object() {
                    true => "Type mismatch",
                    false => "Value mismatch",
                };
                self.differ(path, what, print(a), print(b));
            }
            return Pairs::new();
        }
        match (self.expected.get(a), self.actual.get(b)) {
            (None, None) => {
                self.expected.set(a, self.count);
                self.actual.set(b, self.count);
                self.count += 1;
            }
            (one, other) => {
                if one != other {
                    let known = |number: Option<u32>| match number {
                        Some(_) => "an object seen before",
                        None => "an object of its own",
                    };
                    self.differ(
                        path,
                        "Reference mismatch",
                        known(one).into(),
                        known(other).into(),
                    );
                }
                return Pairs::new();
            }
        }
        match (js::is_array(a), js::is_array(b)) {
            (true, true) => return self.arrays(path, a, b),
            (false, false) => {}
            _ => {
                self.differ(path, "Type mismatch", print(a), print(b));
                return Pairs::new();
            }
        }
        let kind = self.kinds.of(a);
        if kind != self.kinds.of(b) || kind_name(a) != kind_name(b) {
            self.differ(path, "Type mismatch", print(a), print(b));
            return Pairs::new();
        }
        self.objects(path, kind, a, b)
    }

    fn objects(&mut self, path: &Path, kind: Kind, a: &JsValue, b: &JsValue) -> Pairs {
        let fields = |names: &[&str]| {
            let pair = |name: &&str| ((*name).to_owned(), js::field(a, name), js::field(b, name));
            names.iter().map(pair).collect()
        };
        match kind {
            Kind::Object => self.fields(path, a, b, |_| true),
            Kind::Date => {
                let (one, other) = (js::time_of(a), js::time_of(b));
                let same = matches!((&one, &other), (Ok(one), Ok(other)) if one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan()));
                if !same {
                    self.differ(path, "Value mismatch", print(a), print(b));
                }
                Pairs::new()
            }
            Kind::RegExp => {
                let (one, other) = (print(a), print(b));
                if one != other {
                    self.differ(path, "Value mismatch", one, other);
                }
                Pairs::new()
            }
            Kind::Boolean | Kind::Number | Kind::String | Kind::BigInt => {
                let inner = |value: &JsValue| value.unchecked_ref::<Unproven>().value_of();
                if !matches!((inner(a), inner(b)), (Ok(one), Ok(other)) if js::same(&one, &other)) {
                    self.differ(path, "Value mismatch", print(a), print(b));
                }
                Pairs::new()
            }
            Kind::Map | Kind::Set => self.members(path, kind, a, b),
            Kind::ArrayBuffer => {
                self.bytes(path, a, b);
                Pairs::new()
            }
            Kind::View => fields(&["byteOffset", "byteLength", "buffer"]),
            Kind::Blob => fields(&["size", "type"]),
            Kind::File => fields(&["size", "type", "name", "lastModified"]),
            Kind::Undefined | Kind::Null | Kind::Other => {
                if !js::same(a, b) {
                    self.differ(path, "Can't be compared", print(a), print(b));
                }
                Pairs::new()
            }
        }
    }

    fn arrays(&mut self, path: &Path, a: &JsValue, b: &JsValue) -> Pairs {
        let (one, other): (&List, &List) = (a.unchecked_ref(), b.unchecked_ref());
        let (one, other) = (one.length(), other.length());
        if one != other {
            let at = path.child("length");
            self.differ(&at, "Length mismatch", one.to_string(), other.to_string());
        }
        // What lies beyond the shorter one is told by the lengths.
        let shared = one.min(other);
        self.fields(path, a, b, |key| {
            index(key).is_none_or(|index| index < shared)
        })
    }

    /// Own fields of both, in the order of the first.
    fn fields(
        &mut self,
        path: &Path,
        a: &JsValue,
        b: &JsValue,
        counts: impl Fn(&str) -> bool,
    ) -> Pairs {
        let (one, other) = (names(a, &counts), names(b, &counts));
        let (ours, theirs): (HashSet<_>, HashSet<_>) =
            (one.iter().collect(), other.iter().collect());
        let mut pairs = Pairs::new();
        for name in &one {
            let value = field(a, name);
            if theirs.contains(name) {
                pairs.push((name.text.clone(), value, field(b, name)));
            } else {
                let at = path.child(&name.text);
                self.differ(&at, "Missing field", print(&value), ABSENT.into());
            }
        }
        for name in other.iter().filter(|name| !ours.contains(name)) {
            let at = path.child(&name.text);
            self.differ(
                &at,
                "Unexpected field",
                ABSENT.into(),
                print(&field(b, name)),
            );
        }
        let order = |names: &[Name], others: &HashSet<&Name>| -> Vec<String> {
            let common = names.iter().filter(|name| others.contains(name));
            common.map(|name| name.text.clone()).collect()
        };
        let (one, other) = (order(&one, &theirs), order(&other, &ours));
        if one != other {
            self.differ(path, "Order of fields", one.join(", "), other.join(", "));
        }
        pairs
    }

    fn members(&mut self, path: &Path, kind: Kind, a: &JsValue, b: &JsValue) -> Pairs {
        let (Ok(one), Ok(other)) = (js::list_of(a), js::list_of(b)) else {
            self.differ(path, "Can't be compared", print(a), print(b));
            return Pairs::new();
        };
        if one.length() != other.length() {
            let (size, lengths) = (path.child("size"), (one.length(), other.length()));
            self.differ(
                &size,
                "Length mismatch",
                lengths.0.to_string(),
                lengths.1.to_string(),
            );
        }
        let count = one.length().min(other.length());
        let entry = |index: u32| match kind {
            Kind::Map => {
                let (one, other): (List, List) = (
                    one.at(index).unchecked_into(),
                    other.at(index).unchecked_into(),
                );
                vec![
                    (format!("key {index}"), one.at(0), other.at(0)),
                    (format!("value {index}"), one.at(1), other.at(1)),
                ]
            }
            _ => vec![(format!("member {index}"), one.at(index), other.at(index))],
        };
        (0..count).flat_map(entry).collect()
    }

    fn bytes(&mut self, path: &Path, a: &JsValue, b: &JsValue) {
        let (one, other) = (Uint8Array::new(a).to_vec(), Uint8Array::new(b).to_vec());
        if one.len() != other.len() {
            let at = path.child("byteLength");
            self.differ(
                &at,
                "Length mismatch",
                one.len().to_string(),
                other.len().to_string(),
            );
        }
        let different = one.iter().zip(&other).position(|(one, other)| one != other);
        if let Some(at) = different {
            let (one, other) = (one[at].to_string(), other[at].to_string());
            self.differ(&path.child(at.to_string()), "Value mismatch", one, other);
        }
    }

    fn differ(&mut self, path: &Path, what: &'static str, expected: String, actual: String) {
        self.found.push(Difference {
            path: path.clone(),
            what,
            expected,
            actual,
        });
    }
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
