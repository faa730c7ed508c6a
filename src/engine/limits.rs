//! Limits, judged and carried out on a copy of a body that is about to be moved. What was read is
//! never touched: it is what the backup keeps and what the source is compared with.

use super::Engine;
use super::prepare::Purpose;
use crate::domain::limits::{
    Change, Context, Day, Edit, Fact, Findings, Judgement, Limit, Look, Shown, in_order,
};
use crate::domain::path::Path;
use crate::domain::recognise::Broken;
use crate::ports::{Bodies, Clock, Ports};
use std::collections::BTreeMap;

/// Code of the quarantine of what breaks a limit.
pub(super) const CODE: &str = "LimitBroken";

/// A body after all limits.
pub(super) struct Limited<B> {
    /// The body with what was capped and dropped; `None` where nothing was.
    pub body: Option<B>,
    /// Objects of which copies took the place.
    pub moved: Vec<B>,
    /// What was found.
    pub findings: Findings,
    /// Why the whole body stays where it is, if it has to.
    pub broken: Option<Broken>,
}

/// A body as the domain looks at it.
struct Seen<'a, V: Bodies> {
    bodies: &'a V,
    body: &'a V::Body,
}

impl<V: Bodies> Look for Seen<'_, V> {
    fn fact(&self, path: &Path) -> Fact {
        self.bodies.fact(self.body, path)
    }

    fn keys(&self, path: &Path) -> Vec<String> {
        self.bodies.keys(self.body, path)
    }
}

impl<P: Ports> Engine<P> {
    /// A session by the configured limits.
    pub(super) fn limited(&self, session: &P::Body, purpose: Purpose) -> Limited<P::Body> {
        let bodies = self.ports.bodies();
        let limits: &[Limit] = match purpose {
            Purpose::Move => &self.config.limits,
            Purpose::BackUp => &[],
        };
        let mut limited = apply((bodies, self.ports.clock()), limits, session);
        let id = |body: &P::Body| bodies.facts(body, self.config.layout.id.as_ref()).id;
        let changed = limited.body.as_ref().map(id);
        if limited.broken.is_none() && changed.is_some_and(|changed| changed != id(session)) {
            // A wildcard may mean the id as well; with another it would be another session.
            limited.broken = Some(Broken::new(CODE, "a limit would change its id"));
            limited.findings = limited.findings.undone();
        }
        limited
    }
}

/// Judges a body by one limit after the other, each on what those before it have left.
pub(super) fn apply<V: Bodies>(
    (bodies, clock): (&V, &impl Clock),
    limits: &[Limit],
    body: &V::Body,
) -> Limited<V::Body> {
    let day_of = |ms: i64| -> Option<Day> { clock.day_of(ms) };
    let context = Context {
        today: clock.today(),
        day_of: &day_of,
    };
    let mut limited = Limited {
        body: None,
        moved: Vec::new(),
        findings: Findings::default(),
        broken: None,
    };
    for limit in limits {
        let now = limited.body.as_ref().unwrap_or(body).clone();
        let seen = Seen { bodies, body: &now };
        let judgements = limit.check(&seen, &context);
        if !limited.carry_out(bodies, now, limit, judgements) {
            let reason = "what a limit asks for can't be done to it";
            limited.broken = Some(Broken::new(CODE, reason));
        }
    }
    if limited.broken.is_some() {
        limited.findings = limited.findings.undone();
    }
    limited
}

impl<B: Clone> Limited<B> {
    /// Carries out what was decided by one limit; false where that can't be done.
    fn carry_out<V: Bodies<Body = B>>(
        &mut self,
        bodies: &V,
        mut body: B,
        limit: &Limit,
        mut judgements: Vec<Judgement>,
    ) -> bool {
        // Removals come last: until then each path leads to the value that was judged.
        let edits = in_order(judgements.iter().filter_map(|one| one.edit.as_ref()));
        let (removals, others): (Vec<&Edit>, Vec<&Edit>) = edits
            .into_iter()
            .partition(|edit| edit.change == Change::Remove);
        let mut cut = Vec::new();
        for edits in [others, removals].iter().filter(|edits| !edits.is_empty()) {
            let Some(amended) = bodies.amend(&body, edits) else {
                return false;
            };
            body = amended.body;
            self.moved.extend(amended.moved);
            self.body = Some(body.clone());
            let truncated = edits.iter().filter(|edit| {
                // Where a cut goes in a long text is known only when it was made.
                matches!(edit.change, Change::Truncate { .. })
            });
            let shown = |edit: &&Edit| {
                let fact = bodies.fact(&body, &edit.path);
                (edit.path.clone(), Shown::of(&fact, limit.hidden))
            };
            cut.extend(truncated.map(shown));
        }
        let cut: BTreeMap<Path, Shown> = cut.into_iter().collect();
        for Judgement { finding, edit, .. } in &mut judgements {
            let shown = edit.as_ref().and_then(|edit| cut.get(&edit.path));
            if let Some(shown) = shown {
                finding.becomes = shown.clone();
            }
        }
        for judgement in judgements {
            if judgement.quarantines() && self.broken.is_none() {
                let reason = format!("breaks a limit: {}", judgement.finding.public());
                self.broken = Some(Broken::new(CODE, reason));
            }
            self.findings.push(judgement.finding);
        }
        true
    }
}
