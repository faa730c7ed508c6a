//! Limits, kept by a text that is read, and by what a merge has changed.

use super::look::fact;
use crate::domain::json::{Document, Node};
use crate::domain::limits::{
    Action, Change, Context, Edit, Finding, Judgement, Limit, Look, Scalar, Shown, in_order,
};
use crate::domain::recognise::Broken;
use std::collections::BTreeMap;

/// Changes a text until it keeps all limits, and tells what was found. What `had` holds in the same
/// way is not changed: it was there before, and whose it is may keep it. Fails where something
/// breaks a limit that refuses it.
pub fn keep(
    limits: &[Limit],
    context: &Context<'_>,
    document: &mut Document,
    had: Option<&Document>,
) -> Result<Vec<Finding>, Broken> {
    let mut found = Vec::new();
    for limit in limits {
        let mut judgements = limit.check(document, context);
        for judgement in &mut judgements {
            let path = &judgement.path;
            if had.is_some_and(|had| document.get(path) == had.get(path)) {
                leave(judgement, document, limit);
            }
        }
        if let Some(broken) = judgements.iter().find(|one| one.quarantines()) {
            let reason = format!("breaks a limit: {}", broken.finding.public());
            return Err(Broken::new("LimitBroken", reason));
        }
        let mut cut = BTreeMap::new();
        for edit in in_order(judgements.iter().filter_map(|one| one.edit.as_ref())) {
            apply(document, edit);
            if matches!(edit.change, Change::Truncate { .. }) {
                let shown = Shown::of(&document.fact(&edit.path), limit.hidden);
                cut.insert(edit.path.clone(), shown);
            }
        }
        found.extend(judgements.into_iter().map(|one| {
            let becomes = one.edit.and_then(|edit| cut.remove(&edit.path));
            Finding {
                becomes: becomes.unwrap_or(one.finding.becomes),
                ..one.finding
            }
        }));
    }
    Ok(found)
}

/// What is found is told, and nothing is done.
fn leave(judgement: &mut Judgement, document: &Document, limit: &Limit) {
    let now = Shown::of(&document.fact(&judgement.path), limit.hidden);
    judgement.edit = None;
    judgement.finding.action = Action::Warn;
    judgement.finding.was = now.clone();
    judgement.finding.becomes = now;
}

fn apply(document: &mut Document, edit: &Edit) {
    let node = match &edit.change {
        Change::Remove => return document.remove(&edit.path),
        Change::Set(scalar) => of_scalar(scalar),
        Change::Truncate { from, to } => match document.get(&edit.path) {
            Some(node) => truncated(node.clone(), *from as usize, *to as usize),
            None => return,
        },
    };
    // What was judged is there, so it can be replaced.
    document.set(&edit.path, node);
}

fn of_scalar(scalar: &Scalar) -> Node {
    match scalar {
        Scalar::Null => Node::Scalar("null".into()),
        Scalar::Bool(flag) => Node::Scalar(flag.to_string()),
        Scalar::Number(number) => Node::number(number.get()),
        Scalar::Text(text) => Node::text(&text.encode_utf16().collect::<Vec<_>>()),
    }
}

fn truncated(mut node: Node, from: usize, to: usize) -> Node {
    let Some(units) = node.units() else {
        node.cut(from, to);
        return node;
    };
    let mut kept = units.get(from..to.min(units.len())).unwrap_or_default();
    // A cut through a pair leaves the half out, but what stood alone before stays.
    let is = |index: Option<usize>, range: std::ops::RangeInclusive<u16>| {
        let unit = index.and_then(|index| units.get(index));
        unit.is_some_and(|unit| range.contains(unit))
    };
    let (high, low) = (0xD800..=0xDBFF, 0xDC00..=0xDFFF);
    if is(Some(from), low.clone()) && is(from.checked_sub(1), high.clone()) {
        kept = kept.get(1..).unwrap_or_default();
    }
    if is(Some(to), low) && is(to.checked_sub(1), high) {
        kept = kept.split_last().map_or(kept, |(_, rest)| rest);
    }
    Node::text(kept)
}

/// What is told of a value that can't be merged.
pub fn unmergeable(
    (shown_path, secret): (String, bool),
    code: &'static str,
    node: Option<&Node>,
    why: &str,
) -> Finding {
    let was = Shown::of(&fact(node), secret);
    Finding {
        code: code.into(),
        path: shown_path,
        action: Action::Warn,
        becomes: was.clone(),
        was,
        why: why.into(),
    }
}
