//! Forms of keys, such as `chat_session_{tenant}_{agent}`.
//!
//! Ids contain whatever stands between them, so a key can often be read in several ways. A pattern
//! tells all of them; who asks for one tenant's keys must not choose the reading that suits.

/// The name of the part that is a tenant's id.
const TENANT: &str = "tenant";

/// A part of a key that is not the same in all keys of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hole {
    Tenant,
    Part(String),
}

/// A form: text, a part, and perhaps more text and another part. One of them may be the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    before: String,
    first: Hole,
    second: Option<(String, Hole)>,
    after: String,
}

/// One way to read a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'k> {
    /// The tenant that it belongs to; `None` where the form has none.
    pub tenant: Option<&'k str>,
    /// The other part.
    pub part: Option<&'k str>,
}

impl Pattern {
    /// From text with names in braces; or what would be right.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut rest = text;
        let (mut literals, mut holes) = (Vec::new(), Vec::new());
        while let Some((literal, behind)) = rest.split_once('{') {
            let Some((name, behind)) = behind.split_once('}') else {
                return Err("has a brace that is not closed");
            };
            if name.is_empty() || name.contains('{') {
                return Err("must name each part, as in {agent}");
            }
            literals.push(literal.to_owned());
            holes.push(match name {
                TENANT => Hole::Tenant,
                name => Hole::Part(name.to_owned()),
            });
            rest = behind;
        }
        let same = holes.first().map(|hole| matches!(hole, Hole::Tenant))
            == holes.get(1).map(|hole| matches!(hole, Hole::Tenant));
        let (mut literals, mut holes) = (literals.into_iter(), holes.into_iter());
        let (Some(before), Some(first)) = (literals.next(), holes.next()) else {
            return Err("must have a part, as in {tenant}; a key without one is given as `key`");
        };
        let second = literals.next().zip(holes.next());
        match &second {
            _ if before.is_empty() => Err("must begin with text, not with a part"),
            _ if holes.next().is_some() => {
                Err("must have no more than {tenant} and one other part")
            }
            Some(_) if same => Err("must have no more than {tenant} and one other part"),
            Some((between, _)) if between.is_empty() => Err("must have text between its parts"),
            _ => Ok(Self {
                before,
                first,
                second,
                after: rest.to_owned(),
            }),
        }
    }

    /// Whether keys of this form name a tenant.
    pub fn has_tenant(&self) -> bool {
        let second = self.second.as_ref().map(|(_, hole)| hole);
        [Some(&self.first), second].contains(&Some(&Hole::Tenant))
    }

    /// Whether a tenant is all that follows the text: then there is one way to read them.
    pub fn ends_with_tenant(&self) -> bool {
        self.first == Hole::Tenant && self.second.is_none() && self.after.is_empty()
    }

    /// The name of the part that is no tenant.
    pub fn part_name(&self) -> Option<&str> {
        let second = self.second.as_ref().map(|(_, hole)| hole);
        [Some(&self.first), second]
            .into_iter()
            .flatten()
            .find_map(|hole| match hole {
                Hole::Part(name) => Some(name.as_str()),
                Hole::Tenant => None,
            })
    }

    /// Every way to read a key as one of this form.
    pub fn readings<'k>(&self, key: &'k str) -> Vec<Reading<'k>> {
        let middle = key.strip_prefix(self.before.as_str());
        let middle = middle.and_then(|middle| middle.strip_suffix(self.after.as_str()));
        let Some(middle) = middle.filter(|middle| !middle.is_empty()) else {
            return Vec::new();
        };
        let Some((between, _)) = &self.second else {
            return vec![match self.first {
                Hole::Tenant => reading(Some(middle), None),
                Hole::Part(_) => reading(None, Some(middle)),
            }];
        };
        // Not `match_indices`, which skips what overlaps.
        let places = middle.char_indices().filter_map(|(at, _)| {
            let (left, rest) = middle.split_at_checked(at)?;
            let right = rest.strip_prefix(between.as_str())?;
            (!left.is_empty() && !right.is_empty()).then_some((left, right))
        });
        places
            .map(|(left, right)| match self.first {
                Hole::Tenant => reading(Some(left), Some(right)),
                Hole::Part(_) => reading(Some(right), Some(left)),
            })
            .collect()
    }
}

fn reading<'k>(tenant: Option<&'k str>, part: Option<&'k str>) -> Reading<'k> {
    Reading { tenant, part }
}

/// Whether a tenant's id is a UUID. No other tenant's id is taken to begin or end with one, so that
/// ids beside it may contain anything.
pub fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn read(pattern: &str, key: &'static str) -> Vec<(&'static str, &'static str)> {
        let readings = Pattern::parse(pattern).unwrap().readings(key);
        let plain = |part: Option<&'static str>| part.unwrap_or("");
        readings
            .into_iter()
            .map(|r| (plain(r.tenant), plain(r.part)))
            .collect()
    }

    #[test]
    fn a_key_is_read_in_every_way_there_is() {
        let chat = "chat_session_{tenant}_{agent}";
        for (pattern, key, expected) in [
            ("ai_agents_{tenant}", "ai_agents_a_b", &[("a_b", "")][..]),
            ("ai_agents_{tenant}", "ai_agents_", &[]),
            ("ai_agents_{tenant}", "my_ai_agents_a", &[]),
            ("chat_session_{id}", "chat_session_7", &[("", "7")]),
            (chat, "chat_session_a_b", &[("a", "b")]),
            (chat, "chat_session_a_b_c", &[("a", "b_c"), ("a_b", "c")]),
            (chat, "chat_session_a__b", &[("a", "_b"), ("a_", "b")]),
            (chat, "chat_session__a", &[]),
            (chat, "chat_session_a", &[]),
            ("x_{agent}_{tenant}.v2", "x_a_b.v2", &[("b", "a")]),
            (
                "chat_session_{tenant}_global",
                "chat_session_a_global",
                &[("a", "")],
            ),
            (chat, "chat_session_é_ü", &[("é", "ü")]),
        ] {
            assert_eq!(read(pattern, key), expected, "{pattern} {key}");
        }
    }

    #[test]
    fn a_form_that_could_not_be_told_apart_is_refused() {
        for text in [
            "plain",
            "{tenant}_x",
            "x_{tenant}{agent}",
            "x_{a}_{b}",
            "x_{tenant}_{tenant}",
            "x_{tenant}_{a}_{b}",
            "x_{tenant",
            "x_{}",
        ] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_uuid_is_told_by_its_form() {
        assert!(is_uuid("a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d"));
        assert!(!is_uuid("tenant-acme"));
        assert!(!is_uuid("a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d_x"));
    }
}
