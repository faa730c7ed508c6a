//! JSON text as `JSON.parse` takes it: from UTF-16 units, which may be lone surrogates, rounding
//! numbers, and with the last of several values of one key.

use super::{Object, Value};
use std::rc::Rc;

impl Value {
    /// The value of JSON text; `None` for what is none.
    pub fn parse_units(units: &[u16]) -> Option<Value> {
        let mut parser = Parser { units, at: 0 };
        let value = parser.value()?;
        parser.space();
        (parser.at == units.len()).then_some(value)
    }
}

struct Parser<'a> {
    units: &'a [u16],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        let unit = *self.units.get(self.at)?;
        Some(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    /// Takes one of several characters, after whitespace.
    fn one_of(&mut self, chars: &str) -> Option<char> {
        self.space();
        let found = self.peek().filter(|char| chars.contains(*char))?;
        self.at += 1;
        Some(found)
    }

    fn value(&mut self) -> Option<Value> {
        self.space();
        match self.peek()? {
            '{' => self.object(),
            '[' => self.list(),
            '"' => Some(Value::units(&self.text()?)),
            't' => self.word("true", Value::Bool(true)),
            'f' => self.word("false", Value::Bool(false)),
            'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let units: Vec<u16> = word.encode_utf16().collect();
        let found = self.units[self.at..].starts_with(&units);
        self.at += units.len();
        found.then_some(value)
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        while matches!(self.peek(), Some('0'..='9' | '-' | '+' | '.' | 'e' | 'E')) {
            self.at += 1;
        }
        let text = String::from_utf16(&self.units[start..self.at]).ok()?;
        text.parse().ok().map(Value::Number)
    }

    fn list(&mut self) -> Option<Value> {
        self.one_of("[")?;
        let mut items = Vec::new();
        if self.one_of("]").is_none() {
            loop {
                items.push(self.value()?);
                if self.one_of(",]")? == ']' {
                    break;
                }
            }
        }
        Some(Value::list(items))
    }

    fn object(&mut self) -> Option<Value> {
        self.one_of("{")?;
        let mut object = Object::default();
        if self.one_of("}").is_none() {
            loop {
                self.space();
                let key = self.text()?;
                self.one_of(":")?;
                let value = self.value()?;
                // Keys of the twin are well-formed.
                object.insert(&String::from_utf16_lossy(&key), value);
                if self.one_of(",}")? == '}' {
                    break;
                }
            }
        }
        Some(Value::Object(Rc::new(object)))
    }

    fn text(&mut self) -> Option<Vec<u16>> {
        self.one_of("\"")?;
        let mut units = Vec::new();
        loop {
            let unit = *self.units.get(self.at)?;
            let char = self.peek()?;
            self.at += 1;
            match char {
                '"' => return Some(units),
                '\\' => units.push(self.escape()?),
                '\0'..='\u{1f}' => return None,
                _ => units.push(unit),
            }
        }
    }

    fn escape(&mut self) -> Option<u16> {
        let char = self.peek()?;
        self.at += 1;
        Some(match char {
            '"' | '\\' | '/' => char as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => {
                let digits = self.units.get(self.at..self.at + 4)?;
                self.at += 4;
                u16::from_str_radix(&String::from_utf16(digits).ok()?, 16).ok()?
            }
            _ => return None,
        })
    }
}
