//! The object that `open` returns.

use crate::api::promise::{promise, promise_about};
use crate::api::watch::{JsWatch, Lines};
use crate::api::{SessionHandle, args, background, console, error, integrity};
use crate::browser::{BrowserPorts, key_to_js, to_js};
use crate::domain::retention::Rule;
use crate::engine::Engine;
use crate::error::{Error, Result};
use js_sys::Promise;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// An engine, for as long as it is not closed.
#[derive(Clone)]
pub struct Shared {
    engine: Rc<Engine<BrowserPorts>>,
    closed: Rc<Cell<bool>>,
}

impl Shared {
    /// The engine; `Closed` after `close()`.
    pub fn engine(&self) -> Result<Rc<Engine<BrowserPorts>>> {
        if self.closed.get() {
            Err(Error::Closed)
        } else {
            Ok(self.engine.clone())
        }
    }
}

/// Restow for one configuration.
#[wasm_bindgen]
pub struct Restow {
    pub(super) shared: Shared,
}

/// Checks a configuration and makes a [`Restow`] of it. Writes nothing. In a worker `page` is what
/// does to localStorage what has to be done in the page.
#[wasm_bindgen(unchecked_return_type = "Restow")]
pub fn open(config: &JsValue, page: &JsValue) -> Result<Restow, JsValue> {
    let config = args::config(config).map_err(|error| error::to_js(&error, None))?;
    let ports = match page.is_object() {
        true => BrowserPorts::in_worker(&config.database, page),
        false => BrowserPorts::new(&config.database),
    };
    let engine = Rc::new(Engine::new(ports, config));
    let restow = Restow {
        shared: Shared {
            engine,
            closed: Rc::new(Cell::new(false)),
        },
    };
    background::clean_up_when_idle(&restow.shared.engine);
    if restow.shared.engine.config.console {
        restow.install_console();
    }
    Ok(restow)
}

#[wasm_bindgen]
impl Restow {
    /// How many sessions stand where.
    #[wasm_bindgen(js_name = getMigrationStatus)]
    pub fn get_migration_status(&self, options: JsValue) -> Promise {
        let shared = self.shared.clone();
        promise(async move {
            let how = args::counting(&options)?;
            to_js(&shared.engine()?.status(how).await?)
        })
    }

    /// Whether there is anything to migrate.
    #[wasm_bindgen(js_name = checkMigrationNeeded)]
    pub fn check_migration_needed(&self) -> Promise {
        let shared = self.shared.clone();
        promise(async move { to_js(&shared.engine()?.migration_needed().await?) })
    }

    /// Whether a session is committed in chunks.
    #[wasm_bindgen(js_name = isSessionChunked)]
    pub fn is_session_chunked(&self, id: &JsValue) -> Promise {
        let shared = self.shared.clone();
        promise_about(args::id(id), async move |id| {
            Ok(shared.engine()?.is_chunked(&id).await?.into())
        })
    }

    /// Every session, by id.
    #[wasm_bindgen(js_name = listSessions)]
    pub fn list_sessions(&self) -> Promise {
        let shared = self.shared.clone();
        promise(async move { to_js(&shared.engine()?.list_sessions().await?) })
    }

    /// Migrates one session, or rehearses it.
    #[wasm_bindgen(js_name = migrateSessionToChunked)]
    pub fn migrate_session_to_chunked(&self, id: &JsValue, options: JsValue) -> Promise {
        let shared = self.shared.clone();
        promise_about(args::id(id), async move |id| {
            let engine = shared.engine()?;
            let lines = console::lines_of(&options, Lines::None)?;
            let watch = JsWatch::new(&options, lines, engine.config.sources.len())?;
            to_js(
                &engine
                    .migrate_watched(&id, &args::options(&options)?, &watch)
                    .await?,
            )
        })
    }

    /// Migrates every session, or rehearses it.
    #[wasm_bindgen(js_name = migrateAllSessions)]
    pub fn migrate_all_sessions(&self, options: JsValue) -> Promise {
        let shared = self.shared.clone();
        promise(async move {
            let lines = console::lines_of(&options, Lines::None)?;
            to_js(&console::migrate_all(&shared, &options, lines).await?)
        })
    }

    /// The whole session, or `null`.
    #[wasm_bindgen(js_name = loadFullSession)]
    pub fn load_full_session(&self, id: &JsValue) -> Promise {
        let shared = self.shared.clone();
        promise_about(args::id(id), async move |id| {
            Ok(shared
                .engine()?
                .load_full(&id)
                .await?
                .unwrap_or(JsValue::NULL))
        })
    }

    /// A handle on a session, or `null`.
    #[wasm_bindgen(js_name = openSession)]
    pub fn open_session(&self, id: &JsValue) -> Promise {
        let shared = self.shared.clone();
        promise_about(args::id(id), async move |id| {
            let handle = shared.engine()?.open_session(&id).await?;
            Ok(handle.map_or(JsValue::NULL, |handle| {
                SessionHandle::new(&shared, handle).into()
            }))
        })
    }

    /// Stores a new session in chunks.
    #[wasm_bindgen(js_name = createSession)]
    pub fn create_session(&self, body: JsValue, options: &JsValue) -> Promise {
        let (shared, id) = (
            self.shared.clone(),
            args::optional_id(&args::field(options, "id")),
        );
        promise(async move { Ok(key_to_js(&shared.engine()?.create(&body, id?).await?)) })
    }

    /// Deletes a session; a backup of it is kept.
    #[wasm_bindgen(js_name = deleteSession)]
    pub fn delete_session(&self, id: &JsValue, options: &JsValue) -> Promise {
        let (shared, confirmed) = (self.shared.clone(), args::confirmed(options));
        promise_about(args::id(id), async move |id| {
            Ok(shared.engine()?.delete(&id, confirmed).await?.into())
        })
    }

    /// Throws one error that lists every mismatch.
    #[wasm_bindgen(js_name = verifyDataIntegrity)]
    pub fn verify_data_integrity(
        &self,
        original: &JsValue,
        migrated: &JsValue,
    ) -> Result<(), JsValue> {
        integrity::verify(original, migrated).map_err(|error| error::to_js(&error, None))
    }

    /// Compares every stored piece with its digest.
    #[wasm_bindgen(js_name = verifySession)]
    pub fn verify_session(&self, id: &JsValue) -> Promise {
        let shared = self.shared.clone();
        promise_about(args::id(id), async move |id| {
            to_js(&shared.engine()?.verify_session(&id).await?)
        })
    }

    /// Compares everything that is stored with its digests.
    #[wasm_bindgen(js_name = verifyAll)]
    pub fn verify_all(&self, options: JsValue) -> Promise {
        let shared = self.shared.clone();
        promise(async move {
            let engine = shared.engine()?;
            let watch = JsWatch::new(&options, Lines::None, engine.config.sources.len())?;
            to_js(&engine.verify_all(&watch).await?)
        })
    }

    /// Repairs what is damaged, or rehearses it.
    #[wasm_bindgen(js_name = repair)]
    pub fn repair(&self, options: JsValue) -> Promise {
        let shared = self.shared.clone();
        promise(async move {
            let options = args::repair(&options)?;
            to_js(&shared.engine()?.repair(&options).await?)
        })
    }

    /// Backups of one session, or of all.
    #[wasm_bindgen(js_name = listBackups)]
    pub fn list_backups(&self, id: &JsValue) -> Promise {
        let (shared, id) = (self.shared.clone(), args::optional_id(id));
        promise(async move { to_js(&shared.engine()?.list_backups(id?.as_ref()).await?) })
    }

    /// Puts a session, or state, back as a backup holds it.
    #[wasm_bindgen(js_name = rollbackSessionMigration)]
    pub fn rollback_session_migration(
        &self,
        id: &JsValue,
        path: JsValue,
        options: JsValue,
    ) -> Promise {
        let shared = self.shared.clone();
        promise_about(args::id_or_state(id, &path), async move |id| {
            let path = args::optional_text("backupPath", &path)?;
            let (edits, confirmed) = (args::edits(&options)?, args::confirmed(&options));
            to_js(
                &shared
                    .engine()?
                    .rollback(&id, path.as_deref(), edits, confirmed)
                    .await?,
            )
        })
    }

    /// Removes backups that have expired, or are older than some days.
    #[wasm_bindgen(js_name = cleanupOldBackups)]
    pub fn cleanup_old_backups(&self, options: JsValue) -> Promise {
        let shared = self.shared.clone();
        promise(async move {
            let rule = args::older_than_days(&options)?.map_or(Rule::Expired, Rule::OlderThan);
            to_js(
                &shared
                    .engine()?
                    .cleanup(rule, args::confirmed(&options))
                    .await?,
            )
        })
    }

    /// Decides which side of a diverged session lives on.
    #[wasm_bindgen(js_name = resolveConflict)]
    pub fn resolve_conflict(&self, id: &JsValue, keep: JsValue, options: JsValue) -> Promise {
        let shared = self.shared.clone();
        promise_about(args::id(id), async move |id| {
            let side = args::side(&keep)?;
            to_js(
                &shared
                    .engine()?
                    .resolve_conflict(&id, side, args::confirmed(&options))
                    .await?,
            )
        })
    }

    /// Removes originals that were kept and are unchanged.
    #[wasm_bindgen(js_name = removeOriginals)]
    pub fn remove_originals(&self, options: &JsValue) -> Promise {
        let (shared, confirmed) = (self.shared.clone(), args::confirmed(options));
        promise(async move { to_js(&shared.engine()?.remove_originals(confirmed).await?) })
    }

    /// Sessions that earlier runs left in their source.
    #[wasm_bindgen(js_name = listQuarantine)]
    pub fn list_quarantine(&self) -> Promise {
        let shared = self.shared.clone();
        promise(async move { to_js(&shared.engine()?.list_quarantine().await?) })
    }

    /// What has been done, oldest first.
    #[wasm_bindgen(js_name = readAudit)]
    pub fn read_audit(&self, filter: &JsValue) -> Promise {
        let (shared, filter) = (self.shared.clone(), args::audit_filter(filter));
        promise(async move { to_js(&shared.engine()?.read_audit(&filter?).await?) })
    }

    /// Puts the console functions on `globalThis`.
    #[wasm_bindgen(js_name = installConsole)]
    pub fn install_console(&self) {
        console::install(&self.shared);
    }

    /// Closes the connections.
    pub fn close(&self) {
        self.shared.closed.set(true);
        self.shared.engine.ports.close();
    }
}
