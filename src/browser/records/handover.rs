//! A batch that someone else applies: the page, for a worker that has no localStorage.

use crate::browser::idb::range::list;
use crate::browser::idb::transaction::read;
use crate::browser::js::object;
use crate::browser::key::key_to_js;
use crate::browser::records::batch::Prepared;
use crate::browser::records::op::Op;
use crate::browser::records::ours::Ours;
use crate::browser::schema::LEASES;
use crate::error::Result;
use crate::ports::{Durability, Expect};
use std::rc::Rc;
use wasm_bindgen::JsValue;

impl Prepared {
    /// All that it takes to apply the batch elsewhere. Its fence holds now; whoever applies it makes
    /// sure that the lease is the one that was seen, and that manifests are as expected.
    pub async fn for_page(&self, ours: &Rc<Ours>) -> Result<JsValue> {
        let (live, tx) = self.begin_in(ours).await?;
        let look = async {
            self.stay_open(&tx).await?;
            self.check(&tx).await?;
            let lease = match &self.fence {
                Some(fence) => read(tx.store(LEASES)?.get(&key_to_js(&fence.id))).await?,
                None => JsValue::UNDEFINED,
            };
            tx.undo().await;
            Ok(lease)
        };
        let seen = self.in_time(&tx, look).await;
        let seen = seen.map_err(|error| live.connection().explain(error))?;
        let holder = self.fence.as_ref().map(|fence| key_to_js(&fence.id));
        let expected: Vec<JsValue> = self.expect.iter().map(expectation).collect();
        let stores: Vec<JsValue> = self.stores().into_iter().map(JsValue::from_str).collect();
        let ops: Vec<JsValue> = self.ops.iter().map(operation).collect();
        let durability = match self.durability() {
            Durability::Strict => "strict",
            Durability::Relaxed => "relaxed",
        };
        Ok(object([
            ("database", JsValue::from_str(ours.name())),
            ("durability", JsValue::from_str(durability)),
            ("stores", list(&stores)),
            ("holder", holder.unwrap_or(JsValue::NULL)),
            ("lease", seen),
            ("expected", list(&expected)),
            ("ops", list(&ops)),
        ]))
    }
}

/// `[id, generation, revision]`, or `[id]` for no manifest.
fn expectation(expect: &Expect) -> JsValue {
    let id = key_to_js(&expect.id);
    match expect.revision {
        Some((generation, revision)) => list(&[id, generation.into(), revision.into()]),
        None => list(&[id]),
    }
}

/// `[method, store, argument]`.
fn operation(op: &Op) -> JsValue {
    let (method, argument) = match op {
        Op::Put(_, record) => ("put", record),
        Op::Add(_, record) => ("add", record),
        Op::Delete(_, query) => ("delete", query),
    };
    let names = [method, op.store()].map(JsValue::from_str);
    list(&[names[0].clone(), names[1].clone(), argument.clone()])
}
