//! The contract suite in a real browser.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::{BrowserPorts, key_to_js};
use restow::domain::key::Key;
use restow::domain::place::Place;
use support::browser::{convert, host, unique};
use support::contract::{self, Fixture, for_each_contract};
use support::value::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Databases of its own for each contract.
struct InTheBrowser {
    name: String,
}

impl InTheBrowser {
    fn own(&self) -> String {
        format!("{}-restow", self.name)
    }
}

impl Fixture for InTheBrowser {
    type Ports = BrowserPorts;

    async fn new() -> Self {
        Self {
            name: unique("contract"),
        }
    }

    async fn open(&self) -> BrowserPorts {
        BrowserPorts::new(&self.own())
    }

    fn database(&self, name: &str) -> String {
        format!("{}-{name}", self.name)
    }

    fn local_key(&self, name: &str) -> Key {
        Key::text(format!("{}/{name}", self.name))
    }

    async fn plant(&self, place: &Place, value: &Value) {
        let (key, record) = (key_to_js(&place.key), convert::to_js(value));
        host::plant_at(place, &key, &record).await;
    }

    async fn raw(&self, place: &Place) -> Option<Value> {
        let key = key_to_js(&place.key);
        if !host::has_at(place, &key).await {
            return None;
        }
        let record = host::read_at(place, &key).await;
        Some(convert::from_js(&record).await)
    }

    async fn has_database(&self, database: &str) -> bool {
        host::exists(database).await
    }

    async fn has_own(&self) -> bool {
        host::exists(&self.own()).await
    }

    fn body(&self, value: &Value) -> JsValue {
        convert::to_js(value)
    }

    async fn value(&self, body: &JsValue) -> Value {
        convert::from_js(body).await
    }

    async fn gzip(&self, text: &str) -> String {
        host::gzip(text).await
    }
}

macro_rules! in_the_browser {
    ($($module:ident::$contract:ident),* $(,)?) => {
        $(
            #[wasm_bindgen_test]
            async fn $contract() {
                contract::$module::$contract::<InTheBrowser>().await;
            }
        )*
    };
}
for_each_contract!(in_the_browser);
