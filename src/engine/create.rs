//! New sessions, so that an application can live on chunks afterwards.

use super::Engine;
use super::standing::Standing;
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::domain::recognise::{BodyFacts, IdFact, id_problem};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Write};

impl<P: Ports> Engine<P> {
    /// Stores a new session in chunks and returns its id: what the body says, or `id` where bodies
    /// have none. `AlreadyExists` if its id is taken, here or in a source.
    pub async fn create(&self, body: &P::Body, id: Option<Key>) -> Result<Key> {
        let bodies = self.ports.bodies();
        let body = bodies.copy(body)?;
        let id = self.id_for(bodies.facts(&body, self.config.layout.id.as_ref()), id)?;
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

    /// The id of a new session.
    fn id_for(&self, facts: BodyFacts, given: Option<Key>) -> Result<Key> {
        let invalid = |name: &str, expected: String| {
            Err(Error::InvalidArgument {
                name: name.into(),
                expected,
            })
        };
        match (&self.config.layout.id, facts.id, given) {
            (Some(_), _, Some(_)) => invalid("id", "must be left out: the body has it".into()),
            (Some(path), IdFact::Id(id), None) if facts.is_object => match id_problem(&id) {
                None => Ok(id),
                Some(_) => invalid("body", told_by(path)),
            },
            (Some(path), _, None) => invalid("body", told_by(path)),
            (None, ..) if !(facts.is_object || facts.is_array) => {
                invalid("body", "must be an object or an array".into())
            }
            (None, _, Some(id)) if id_problem(&id).is_none() => Ok(id),
            (None, ..) => invalid(
                "id",
                "must be text or a number, since bodies of this layout have none".into(),
            ),
        }
    }
}

fn told_by(path: &Path) -> String {
    format!("must be an object whose `{path}` is text or a number")
}
