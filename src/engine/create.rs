//! New sessions, so that an application can live on chunks afterwards.

use super::Engine;
use super::standing::Standing;
use crate::domain::key::Key;
use crate::domain::recognise::{IdFact, id_problem};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Write};

impl<P: Ports> Engine<P> {
    /// Stores a new session in chunks and returns its id. `AlreadyExists` if its id is taken, here
    /// or in a source.
    pub async fn create(&self, body: &P::Body) -> Result<Key> {
        let bodies = self.ports.bodies();
        let body = bodies.copy(body)?;
        let facts = bodies.facts(&body, &self.config.layout.id);
        let id = match facts.id {
            IdFact::Id(id) if facts.is_object && id_problem(&id).is_none() => id,
            _ => {
                return Err(Error::InvalidArgument {
                    name: "body".into(),
                    expected: format!(
                        "must be an object whose `{}` is text or a number",
                        self.config.layout.id
                    ),
                });
            }
        };
        self.recover_once().await?;
        let claim = self.claim(&id).await;
        let result = async {
            let previous = match self.recover(&claim).await? {
                Standing::Free => None,
                Standing::RolledBack(tombstone, _) => Some(*tombstone),
                Standing::Chunked { .. } | Standing::Diverged { .. } => {
                    return Err(Error::AlreadyExists { id: id.clone() });
                }
            };
            if self.locate(&id).await?.is_some() {
                return Err(Error::AlreadyExists { id: id.clone() });
            }
            let audit = vec![Write::Audit(self.audit("create", &id))];
            self.install(&claim, &body, previous, audit).await
        }
        .await;
        self.release(&claim).await;
        result.map(|_| id)
    }
}
