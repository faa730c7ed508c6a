//! The comparison of one pair of values.

use crate::browser::differences::inside;
use crate::browser::differences::print::print;
use crate::browser::differences::report::Report;
use crate::browser::js::{self, Numbers, Unproven};
use crate::browser::values::{Kind, kind_name, kind_of};
use wasm_bindgen::{JsCast, JsValue};

/// Values inside a pair that are to be compared next, and how they are called.
pub type Pairs = Vec<(String, JsValue, JsValue)>;

/// What was compared so far, and what was found.
pub struct Comparison {
    /// What was found.
    pub report: Report,
    /// Objects of either side that were met, by number.
    expected: Numbers,
    actual: Numbers,
    count: u32,
}

impl Comparison {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            report: Report::default(),
            expected: Numbers::new(),
            actual: Numbers::new(),
            count: 0,
        }
    }

    /// Compares a pair as such, and returns the pairs inside it.
    pub fn pair(&mut self, a: &JsValue, b: &JsValue) -> Pairs {
        let report = &mut self.report;
        if !a.is_object() || !b.is_object() {
            if !js::same(a, b) {
                let what = match a.is_object() || b.is_object() {
                    true => "Type mismatch",
                    false => "Value mismatch",
                };
                report.values(what, a, b);
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
                    report.texts("Reference mismatch", known(one), known(other));
                }
                return Pairs::new();
            }
        }
        let kind = match (js::is_array(a), js::is_array(b)) {
            (true, true) => return inside::arrays(report, a, b),
            (false, false) => kind_of(a),
            _ => {
                report.values("Type mismatch", a, b);
                return Pairs::new();
            }
        };
        if kind != kind_of(b) || kind_name(a) != kind_name(b) {
            report.values("Type mismatch", a, b);
            return Pairs::new();
        }
        objects(report, kind, a, b)
    }
}

fn objects(report: &mut Report, kind: Kind, a: &JsValue, b: &JsValue) -> Pairs {
    let fields = |names: &[&str]| {
        let pair = |name: &&str| ((*name).to_owned(), js::field(a, name), js::field(b, name));
        names.iter().map(pair).collect()
    };
    let same = match kind {
        Kind::Object => return inside::fields(report, a, b, |_| true),
        Kind::Map | Kind::Set => return inside::members(report, kind, a, b),
        Kind::ArrayBuffer => return inside::bytes(report, a, b),
        Kind::View => return fields(&["byteOffset", "byteLength", "buffer"]),
        Kind::Blob => return fields(&["size", "type"]),
        Kind::File => return fields(&["size", "type", "name", "lastModified"]),
        Kind::Error => {
            let causes = [a, b].map(|error| js::own(error, &JsValue::from_str("cause")));
            if let [Some(_), Some(_)] | [None, None] = causes {
                return fields(&["name", "message", "stack", "cause"]);
            }
            let [one, other] = causes.map(|cause| cause.unwrap_or(JsValue::UNDEFINED));
            report.inside("cause", "Value mismatch", print(&one), print(&other));
            return fields(&["name", "message", "stack"]);
        }
        Kind::ImageData => return fields(&["width", "height", "colorSpace", "data"]),
        Kind::Date => match (js::time_of(a), js::time_of(b)) {
            (Ok(one), Ok(other)) => one == other || (one.is_nan() && other.is_nan()),
            _ => false,
        },
        Kind::RegExp => print(a) == print(b),
        Kind::Boolean | Kind::Number | Kind::String | Kind::BigInt => {
            let inner = |value: &JsValue| value.unchecked_ref::<Unproven>().value_of();
            matches!((inner(a), inner(b)), (Ok(one), Ok(other)) if js::same(&one, &other))
        }
        Kind::Undefined | Kind::Null | Kind::Other => {
            if !js::same(a, b) {
                report.values("Can't be compared", a, b);
            }
            true
        }
    };
    if !same {
        report.values("Value mismatch", a, b);
    }
    Pairs::new()
}

fn known(number: Option<u32>) -> String {
    match number {
        Some(_) => "an object seen before".into(),
        None => "an object of its own".into(),
    }
}
