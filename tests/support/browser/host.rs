//! Databases as an application, or another tab, would use them.

use super::{call, js, text};
use restow::domain::place::{Area, Place};
use wasm_bindgen::JsValue;

/// Writes what a place is to hold, as an application would.
pub async fn plant_at(place: &Place, key: &JsValue, record: &JsValue) {
    match &place.area {
        Area::IndexedDb { database, store } => plant(database, store, key, record).await,
        Area::LocalStorage => {
            let write = "(key, text) => localStorage.setItem(key, text)";
            call(write, &[key, record]).await;
        }
    }
}

/// What a place holds; `undefined` if there is nothing.
pub async fn read_at(place: &Place, key: &JsValue) -> JsValue {
    match &place.area {
        Area::IndexedDb { database, store } => read(database, store, key).await,
        Area::LocalStorage => call("key => localStorage.getItem(key) ?? undefined", &[key]).await,
    }
}

/// Whether a place holds anything.
pub async fn has_at(place: &Place, key: &JsValue) -> bool {
    match &place.area {
        Area::IndexedDb { database, store } => has(database, store, key).await,
        Area::LocalStorage => !read_at(place, key).await.is_undefined(),
    }
}

/// The version under which the browser lists a database; `undefined` if it does not.
pub async fn version(database: &str) -> JsValue {
    let find = "async name => \
                (await indexedDB.databases()).find(one => one.name === name)?.version";
    call(find, &[&text(database)]).await
}

/// Whether there is a database.
pub async fn exists(database: &str) -> bool {
    version(database)
        .await
        .as_f64()
        .is_some_and(|version| version > 0.0)
}

/// Writes a record whose key lies outside it; creates database and store where they are missing.
pub async fn plant(database: &str, store: &str, key: &JsValue, record: &JsValue) {
    let write = r#"async (name, store, key, record) => {
        const open = version => new Promise((resolve, reject) => {
            const request = indexedDB.open(name, version);
            request.onupgradeneeded = () => request.result.createObjectStore(store);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        let database = await open();
        if (!database.objectStoreNames.contains(store)) {
            const version = database.version + 1;
            database.close();
            database = await open(version);
        }
        await new Promise((resolve, reject) => {
            const transaction = database.transaction(store, "readwrite");
            transaction.objectStore(store).put(record, key);
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error);
        });
        database.close();
    }"#;
    call(write, &[&text(database), &text(store), key, record]).await;
}

/// A record as it lies there; `undefined` if there is none, or no such store. Creates nothing.
pub async fn read(database: &str, store: &str, key: &JsValue) -> JsValue {
    let read = r#"async (name, store, key) => {
        if (!(await indexedDB.databases()).some(one => one.name === name)) return undefined;
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        try {
            if (!database.objectStoreNames.contains(store)) return undefined;
            return await new Promise((resolve, reject) => {
                const request = database.transaction(store).objectStore(store).get(key);
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
        } finally {
            database.close();
        }
    }"#;
    call(read, &[&text(database), &text(store), key]).await
}

/// Whether there is a record, whatever it is.
pub async fn has(database: &str, store: &str, key: &JsValue) -> bool {
    let has = r#"async (name, store, key) => {
        if (!(await indexedDB.databases()).some(one => one.name === name)) return false;
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        try {
            if (!database.objectStoreNames.contains(store)) return false;
            return await new Promise((resolve, reject) => {
                const request = database.transaction(store).objectStore(store).count(key);
                request.onsuccess = () => resolve(request.result > 0);
                request.onerror = () => reject(request.error);
            });
        } finally {
            database.close();
        }
    }"#;
    call(has, &[&text(database), &text(store), key]).await == JsValue::TRUE
}

/// An application's open connection, which goes on as it pleases.
pub async fn connect(database: &str, version: Option<u32>) -> JsValue {
    let version = version.map_or(JsValue::UNDEFINED, JsValue::from);
    let open = r#"(name, version) => new Promise((resolve, reject) => {
        const request = indexedDB.open(name, version);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error("blocked"));
    })"#;
    call(open, &[&text(database), &version]).await
}

/// Text compressed as applications compress it.
pub async fn gzip(plain: &str) -> String {
    let gzip = r#"async plain => {
        const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
        const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
        return "GZIP_V1:" + btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
    }"#;
    let compressed = call(gzip, &[&text(plain)]).await;
    compressed.as_string().expect("it is text")
}

/// What a function of the page is replaced by until this is dropped.
pub struct Patch {
    undo: js_sys::Function,
}

impl Patch {
    /// `patch` is a function that patches, and returns a function that undoes it.
    pub fn new(patch: &str) -> Self {
        let patch: js_sys::Function = js(patch).into();
        let undo = patch.call0(&JsValue::UNDEFINED).expect("it can be patched");
        Self { undo: undo.into() }
    }
}

impl Drop for Patch {
    fn drop(&mut self) {
        let _ = self.undo.call0(&JsValue::UNDEFINED);
    }
}

/// Deletes a database; panics if a connection is in the way and stays there. WebKit tells of one that was closed
/// just now as well, until its last read is over.
pub async fn delete(database: &str) {
    let delete = r#"name => new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
        request.onblocked = () => setTimeout(() => reject(new Error("blocked")), 2000);
    })"#;
    call(delete, &[&text(database)]).await;
}

/// Writes a record whose key lies inside it.
pub async fn put(database: &str, store: &str, record: &JsValue) {
    let put = r#"async (name, store, record) => {
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        const transaction = database.transaction(store, "readwrite");
        transaction.objectStore(store).put(record);
        await new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error);
        });
        database.close();
    }"#;
    call(put, &[&text(database), &text(store), record]).await;
}
