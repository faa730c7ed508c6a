//! What becomes of fields that no rule names.

use super::Take;
use super::look::is_absent;
use super::plan::Work;
use crate::domain::json::Node;
use crate::domain::path::Path;

impl Work<'_> {
    /// Fills in what no rule names and the target lacks.
    pub(super) fn fill(&mut self) {
        let mut open = vec![Path::default()];
        while let Some(at) = open.pop() {
            let Some(fields) = self.from.get(&at).and_then(Node::fields) else {
                continue;
            };
            let mut filled = Vec::new();
            for (name, node) in fields {
                let path = at.child(name);
                let inside = |(decided, _): &(Path, &str)| path.starts_with(decided);
                let around = |(decided, _): &(Path, &str)| decided.starts_with(&path);
                let held = self.to.get(&path);
                if self.decided.iter().any(inside) || node.is_null() {
                    continue;
                }
                let objects =
                    node.fields().is_some() && held.is_some_and(|held| held.fields().is_some());
                if objects || is_absent(held) && self.decided.iter().any(around) {
                    open.push(path);
                } else if is_absent(held) {
                    filled.push((path, Some(node.clone())));
                } else if held.map(Node::canonical) != Some(node.canonical()) {
                    filled.push((path, None));
                }
            }
            for (path, node) in filled {
                match node {
                    Some(node) => {
                        self.put(&path, node);
                        self.decided.push((path, Take::Fill.name()));
                    }
                    None => self.decided.push((path, Take::To.name())),
                }
            }
        }
    }
}
