//! A text with some of its values replaced.

use super::walk::{Begin, Next, Walk};
use super::{Problem, Span};

/// The text with another in the place of each value that is chosen by its path, and how many were.
/// What lies inside a chosen value is not looked at. All else keeps its very text.
pub fn masked(
    text: &str,
    choose: impl Fn(&[String]) -> bool,
    with: &str,
) -> Result<(String, usize), Problem> {
    let spans = chosen(text, choose)?;
    let mut masked = String::with_capacity(text.len());
    let (mut unit, mut next) = (0, spans.iter().peekable());
    for character in text.chars() {
        while next.next_if(|span| span.end <= unit).is_some() {}
        match next.peek() {
            Some(span) if span.start == unit => masked.push_str(with),
            Some(span) if span.start < unit => {}
            _ => masked.push(character),
        }
        unit += character.len_utf16() as u32;
    }
    Ok((masked, spans.len()))
}

/// Where the chosen values lie, outermost only, in the order of the text.
fn chosen(text: &str, choose: impl Fn(&[String]) -> bool) -> Result<Vec<Span>, Problem> {
    let mut walk = Walk::new(text);
    let mut found = Vec::new();
    let mut path: Vec<String> = Vec::new();
    // Items that were gone past, of each array or object that stands open.
    let mut open: Vec<u32> = Vec::new();
    loop {
        match choose(&path) {
            true => found.push(walk.value(None)?),
            false if matches!(walk.begin()?.1, Begin::Array | Begin::Object) => {
                open.push(0);
                path.push(String::new());
            }
            false => {}
        }
        loop {
            let (Some(gone), Some(key)) = (open.last_mut(), path.last_mut()) else {
                walk.end()?;
                return Ok(found);
            };
            match walk.next()? {
                Next::Item => *key = gone.to_string(),
                Next::Field(field) => *key = field.name().text.into_owned(),
                Next::ArrayEnd | Next::ObjectEnd => {
                    open.pop();
                    path.pop();
                    continue;
                }
            }
            *gone += 1;
            break;
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn chosen_values_are_replaced_and_the_rest_is_kept() {
        for (text, path, expected) in [
            ("[1, 2 ,3]", &["1"][..], "[1, # ,3]"),
            (
                "{\"é😀\":[{\"a\":\"x\"}], \"b\":0}",
                &["é😀", "0", "a"],
                "{\"é😀\":[{\"a\":#}], \"b\":0}",
            ),
            (" {\"a\":{\"b\":[]}}", &["a"], " {\"a\":#}"),
            (" 5 ", &[], " # "),
            ("[[],{}]", &["2"], "[[],{}]"),
        ] {
            let choose = |at: &[String]| at.iter().eq(path.iter());
            let (found, count) = masked(text, choose, "#").unwrap();
            assert_eq!(found, expected);
            assert_eq!(count, usize::from(text != expected));
        }
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        for text in ["", "[1", "{\"a\":}", "[1] 2", "token"] {
            assert!(masked(text, |_| false, "#").is_err(), "{text}");
        }
    }
}
