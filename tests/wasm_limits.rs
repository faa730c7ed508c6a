//! What limits see of values that only a browser has, and what they leave of them.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::{BrowserPorts, JsBodies};
use restow::domain::limits::{Change, Edit, Fact, Scalar};
use restow::domain::path::Path;
use restow::ports::{Bodies, Clock, Ports};
use support::browser::{call, difference, js, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn fact(code: &str) -> Fact {
    JsBodies.fact(&js(code), &Path::default())
}

#[wasm_bindgen_test]
fn a_date_is_told_from_what_calls_itself_one() {
    assert_eq!(fact("new Date(5)"), Fact::Date(5.0));
    assert!(matches!(fact("new Date(NaN)"), Fact::Date(ms) if ms.is_nan()));
    let fake = fact("({ [Symbol.toStringTag]: 'Date' })");
    assert_eq!(fake, Fact::Other("Date".into()));
    let elsewhere = "(() => { const frame = document.createElement('iframe'); document.body.append(frame); \
                     const date = new frame.contentWindow.Date(7); return date; })()";
    assert_eq!(fact(elsewhere), Fact::Date(7.0));
}

#[wasm_bindgen_test]
fn types_of_the_browser_have_their_names() {
    for (code, name) in [
        ("5n", "bigint"),
        ("new Map()", "Map"),
        ("new Set([1])", "Set"),
        ("/a/", "RegExp"),
        ("new Uint8Array(2)", "Uint8Array"),
        ("Object(5)", "Number"),
        ("Object('text')", "String"),
        ("new Error('x')", "Error"),
        ("new File(['a'], 'b')", "File"),
    ] {
        assert_eq!(fact(code), Fact::Other(name.into()), "{code}");
        assert!(JsBodies.keys(&js(code), &Path::default()).is_empty());
    }
}

#[wasm_bindgen_test]
fn nothing_is_computed_by_looking() {
    let body = js("({ get a() { throw new Error('was read'); }, b: 1, ['\\ud800']: 2 })");
    assert_eq!(JsBodies.fact(&body, &Path::dotted("a")), Fact::Missing);
    // A name that no text of ours can hold leads to nothing, so it is not named.
    assert_eq!(JsBodies.keys(&body, &Path::default()), ["a", "b"]);
}

#[wasm_bindgen_test]
async fn what_is_not_changed_keeps_types_order_and_identity() {
    let code = "(() => { const twice = { n: 1 }; const body = { z: new Map([[1, 2n]]), list: [{ n: 5, \
                when: new Date(5), blob: new Blob(['b']) }, , twice], twice, text: '\\ud83d\\ude00x', last: undefined }; \
                body.self = { body: 1 }; return body; })()";
    let body = js(code);
    let edits = [
        Edit {
            path: Path::dotted("list.0.n"),
            change: Change::Set(Scalar::Null),
        },
        Edit {
            path: Path::dotted("text"),
            change: Change::Truncate { from: 1, to: 3 },
        },
        Edit {
            path: Path::dotted("last"),
            change: Change::Remove,
        },
    ];
    let edits: Vec<_> = edits.iter().collect();
    let amended = JsBodies.amend(&body, &edits).expect("it can be changed");
    assert_eq!(
        difference(&body, &js(code)).await,
        None,
        "it was changed itself"
    );
    let expected =
        "body => { body.list[0].n = null; body.text = 'x'; delete body.last; return body; }";
    let expected = call(expected, &[&js(code)]).await;
    assert_eq!(difference(&amended.body, &expected).await, None);
    let same = call("body => body.list[2] === body.twice", &[&amended.body]).await;
    assert_eq!(same, JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn days_are_those_of_the_getters_of_date() {
    let ports = BrowserPorts::new(&unique("limits"));
    for ms in [
        0_i64,
        -1,
        951_782_400_000,
        1_743_296_400_000,
        1_761_440_400_000,
        -62_198_755_200_000,
    ] {
        let print = "ms => { const date = new Date(ms); const two = n => String(n).padStart(2, '0'); \
                     return [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join(' '); }";
        let expected = call(print, &[&JsValue::from_f64(ms as f64)]).await;
        let day = ports.clock().day_of(ms).expect("it is a day").to_string();
        let (month_and_day, year) = (&day[day.len() - 5..], &day[..day.len() - 6]);
        let year: i32 = year.parse().expect("it is a year");
        let found = format!("{year} {}", month_and_day.replace('-', " "));
        assert_eq!(expected.as_string(), Some(found), "{ms}");
    }
}
