//! Exceptions of the browser as errors of ours. They are matched by name, never by message.

use crate::browser::js;
use crate::error::{Cause, Error};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Name of an exception, whatever was thrown.
pub fn name_of(thrown: &JsValue) -> String {
    js::field(thrown, "name")
        .as_string()
        .unwrap_or_else(|| "UnknownError".into())
}

/// What the browser said. The exception itself can be had back with [`thrown`].
pub fn cause(exception: &JsValue) -> Cause {
    Cause {
        name: name_of(exception),
        inner: Some(Rc::new(exception.clone())),
    }
}

/// The exception behind a cause.
pub fn thrown(cause: &Cause) -> Option<JsValue> {
    cause.inner.as_ref()?.downcast_ref::<JsValue>().cloned()
}

/// Anything that has no code of its own.
pub fn browser(exception: &JsValue) -> Error {
    Error::Browser {
        cause: cause(exception),
    }
}

/// Why a record could not be read.
pub fn unreadable(exception: JsValue) -> Error {
    Error::Unreadable {
        cause: cause(&exception),
    }
}

/// Why a database could not be opened.
pub fn opening(exception: &JsValue) -> Error {
    let cause = cause(exception);
    match cause.name.as_str() {
        // Private modes, policies and sandboxed frames refuse with one of these.
        "SecurityError" | "InvalidStateError" | "NotAllowedError" => Error::StorageDenied { cause },
        "QuotaExceededError" => quota(0, cause),
        _ => Error::Browser { cause },
    }
}

/// Why a transaction came to nothing. `bytes` were to be written.
pub fn aborted(exception: Option<&JsValue>, bytes: u64) -> Error {
    // Without an error the transaction was aborted on purpose, or together with its connection.
    let cause = exception.map_or_else(|| Cause::named("AbortError"), cause);
    match cause.name.as_str() {
        "QuotaExceededError" => quota(bytes, cause),
        _ => Error::TransactionAborted { cause },
    }
}

/// A database that closes under our hands.
pub fn lost(database: &str, cause: Cause) -> Error {
    Error::ConnectionLost {
        database: database.into(),
        cause,
    }
}

/// What rexie reports, with the exception that it hides.
pub fn from_rexie(error: rexie::Error) -> Error {
    use idb::Error::*;
    let rexie::Error::IdbError(error) = error else {
        return Error::TransactionAborted {
            cause: Cause::named("AbortError"),
        };
    };
    match error {
        DomException(exception) => browser(&exception),
        IndexedDbNotFound(_) => Error::StorageUnavailable,
        IndexedDbOpenFailed(exception) => opening(&exception),
        TransactionOpenFailed(exception)
        | ObjectStoreNotFound(exception)
        | IndexNotFound(exception)
        | GetFailed(exception)
        | GetAllFailed(exception)
        | GetAllKeysFailed(exception)
        | RequestResultNotFound(exception)
        | RequestErrorNotFound(exception)
        | UnexpectedJsType(_, exception) => browser(&exception),
        _ => Error::Browser {
            cause: Cause::named("UnknownError"),
        },
    }
}

fn quota(needed: u64, cause: Cause) -> Error {
    Error::QuotaExceeded {
        needed,
        cause: Some(cause),
    }
}
