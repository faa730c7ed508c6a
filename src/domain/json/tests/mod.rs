use super::*;
use crate::domain::path::Path;

mod document;
mod exactness;
mod finding;
mod grammar;
mod splicing;
mod tree;

/// What JavaScript would slice.
fn slice(text: &str, span: Span) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let units = &units[span.start as usize..span.end as usize];
    // A span never cuts a pair in two.
    String::from_utf16(units).unwrap()
}

/// The collection at a dotted path.
fn at(text: &str, path: &str) -> Result<Collection, Problem> {
    collection(text, &Path::dotted(path))
}

/// What the members are in the text, from key to end.
fn wholes(text: &str, path: &str) -> Vec<String> {
    let found = at(text, path).unwrap();
    let members = found.members.iter();
    members.map(|member| slice(text, member.whole)).collect()
}
