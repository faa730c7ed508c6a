//! The five functions for people at the console: they print, and return the result objects.

use crate::api::promise::{promise, promise_about};
use crate::api::restow::Shared;
use crate::api::watch::{JsWatch, Lines};
use crate::api::{args, background};
use crate::browser::to_js;
use crate::domain::console;
use crate::domain::report::BatchMigrationResult;
use crate::domain::retention::Rule;
use crate::engine::Counting;
use crate::error::{Error, Result};
use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;

/// Prints for people.
pub fn log(text: &str) {
    web_sys::console::log_1(&text.into());
}

/// Passes on what a callback threw.
pub fn report(thrown: &JsValue) {
    web_sys::console::error_1(thrown);
}

/// A line for each session with `verbose`, and otherwise what is usual for the caller.
pub fn lines_of(options: &JsValue, otherwise: Lines) -> Result<Lines> {
    Ok(if args::flag(options, "verbose")? {
        Lines::All
    } else {
        otherwise
    })
}

/// Runs a batch, and lets expired backups go afterwards.
pub async fn migrate_all(
    shared: &Shared,
    options: &JsValue,
    lines: Lines,
) -> Result<BatchMigrationResult> {
    let engine = shared.engine()?;
    let watch = JsWatch::new(options, lines, engine.config.sources.len())?;
    let options = args::options(options)?;
    let result = engine.migrate_all(&options, &watch).await?;
    if !options.dry_run {
        background::clean_up_when_idle(&engine);
    }
    Ok(result)
}

/// Puts the functions on `globalThis`.
pub fn install(shared: &Shared) {
    let one = |name: &str, call: fn(&Shared, JsValue, JsValue, JsValue) -> Promise| {
        let shared = shared.clone();
        let function: Box<dyn Fn(JsValue, JsValue, JsValue) -> Promise> =
            Box::new(move |a, b, c| call(&shared, a, b, c));
        let function = Closure::wrap(function).into_js_value();
        if Reflect::set(&js_sys::global(), &name.into(), &function).is_err() {
            log(&format!("restow: {name} could not be put on globalThis"));
        }
    };
    one("runChunkedMigration", |shared, options, _, _| {
        run(shared.clone(), options)
    });
    one("showMigrationStatus", |shared, options, _, _| {
        status(shared.clone(), options)
    });
    one("migrateSingleSession", |shared, id, options, _| {
        single(shared.clone(), &id, options)
    });
    one("rollbackSession", |shared, id, path, confirm| {
        rollback(shared.clone(), &id, path, confirm)
    });
    one("cleanupBackups", |shared, days, confirm, _| {
        cleanup(shared.clone(), days, confirm)
    });
}

fn run(shared: Shared, options: JsValue) -> Promise {
    promise(async move {
        let dry_run = args::options(&options)?.dry_run;
        let how = Counting {
            exact: false,
            dry_run,
        };
        log(&console::title(dry_run));
        log(console::CHECKING);
        log(&console::before(&shared.engine()?.status(how).await?));
        log(console::START);
        let lines = lines_of(&options, Lines::Some)?;
        let result = migrate_all(&shared, &options, lines).await;
        if let Err(Error::NoHeadroom(shortage)) = &result {
            log(&console::not_begun(shortage));
        }
        let result = result?;
        log(&console::results(&result));
        let found = console::findings(&result, lines == Lines::All);
        if !found.is_empty() {
            log(&found);
        }
        to_js(&result)
    })
}

fn status(shared: Shared, options: JsValue) -> Promise {
    promise(async move {
        let how = args::counting(&options)?;
        let status = shared.engine()?.status(how).await?;
        log(&console::status(&status));
        to_js(&status)
    })
}

fn single(shared: Shared, id: &JsValue, options: JsValue) -> Promise {
    promise_about(args::id(id), async move |id| {
        let engine = shared.engine()?;
        let lines = lines_of(&options, Lines::Some)?;
        let watch = JsWatch::new(&options, lines, engine.config.sources.len())?;
        let options = args::options(&options)?;
        let result = engine.migrate_watched(&id, &options, &watch).await?;
        log(&console::single(&result));
        to_js(&result)
    })
}

fn rollback(shared: Shared, id: &JsValue, path: JsValue, confirm: JsValue) -> Promise {
    promise_about(args::id_or_state(id, &path), async move |id| {
        let path = args::optional_text("backupPath", &path)?;
        let confirmed = confirm == JsValue::TRUE;
        let result = shared
            .engine()?
            .rollback(&id, path.as_deref(), Default::default(), confirmed)
            .await;
        let call = |preview: &serde_json::Value| {
            let text = |name: &str| preview.get(name).map(literal).unwrap_or_default();
            format!(
                "rollbackSession({}, {}, true)",
                text("sessionId"),
                text("backupPath")
            )
        };
        let Some(result) = printed(result, call)? else {
            return Ok(JsValue::UNDEFINED);
        };
        log(&console::rolled_back(&result));
        to_js(&result)
    })
}

fn cleanup(shared: Shared, days: JsValue, confirm: JsValue) -> Promise {
    promise(async move {
        let options = js_sys::Object::new();
        let _ = Reflect::set(&options, &"olderThanDays".into(), &days);
        let days = args::older_than_days(&options)?;
        let rule = days.map_or(Rule::Expired, Rule::OlderThan);
        let result = shared
            .engine()?
            .cleanup(rule, confirm == JsValue::TRUE)
            .await;
        let days = days.map_or_else(|| "undefined".into(), |days| days.to_string());
        let Some(result) = printed(result, |_| format!("cleanupBackups({days}, true)"))? else {
            return Ok(JsValue::UNDEFINED);
        };
        log(&console::cleaned(&result));
        to_js(&result)
    })
}

/// A call that was not confirmed is printed, with the call that would confirm it.
fn printed<T>(result: Result<T>, call: impl Fn(&serde_json::Value) -> String) -> Result<Option<T>> {
    match result {
        Err(Error::ConfirmationRequired {
            summary, preview, ..
        }) => {
            log(&console::unconfirmed(&summary, &call(&preview)));
            Ok(None)
        }
        result => result.map(Some),
    }
}

/// A value of a preview as it can be pasted into a call.
fn literal(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), console::literal)
}
