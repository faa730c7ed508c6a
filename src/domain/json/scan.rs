//! The smallest parts of JSON: whitespace, text, numbers, words.

use super::Problem;

/// A place in a text.
pub struct Scan<'a> {
    text: &'a str,
    byte: usize,
    /// How many bytes more than UTF-16 units there are before this place.
    surplus: usize,
}

impl<'a> Scan<'a> {
    /// The beginning.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            surplus: 0,
        }
    }

    /// The place in UTF-16 units. No text of JavaScript is longer than what fits.
    pub fn at(&self) -> u32 {
        u32::try_from(self.byte - self.surplus).unwrap_or(u32::MAX)
    }

    /// That nothing valid can follow here.
    pub fn invalid<T>(&self) -> Result<T, Problem> {
        Err(Problem::Invalid { at: self.at() })
    }

    /// The byte at this place, if it isn't the end.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.byte).copied()
    }

    /// Goes past an ASCII character if it is the one at this place.
    pub fn take(&mut self, character: u8) -> bool {
        let found = self.peek() == Some(character);
        self.byte += usize::from(found);
        found
    }

    /// Goes past an ASCII character, which must be there.
    pub fn expect(&mut self, character: u8) -> Result<(), Problem> {
        match self.take(character) {
            true => Ok(()),
            false => self.invalid(),
        }
    }

    /// Goes past whitespace and returns it.
    pub fn space(&mut self) -> &'a str {
        let start = self.byte;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.byte += 1;
        }
        self.since(start)
    }

    /// Goes past a word such as `true`.
    pub fn word(&mut self, word: &str) -> Result<(), Problem> {
        word.bytes().try_for_each(|letter| self.expect(letter))
    }

    /// Goes past a number and returns it as it is written.
    pub fn number(&mut self) -> Result<&'a str, Problem> {
        let start = self.byte;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(self.since(start))
    }

    /// Goes past a text and returns what is between its quotes, and whether that has escapes.
    pub fn quoted(&mut self) -> Result<(&'a str, bool), Problem> {
        self.expect(b'"')?;
        let start = self.byte;
        let mut escaped = false;
        loop {
            self.byte += plain(self.rest());
            match self.peek() {
                Some(b'"') => {
                    let inside = self.since(start);
                    self.byte += 1;
                    return Ok((inside, escaped));
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(0x80..) => self.wide(),
                _ => return self.invalid(),
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.byte..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.byte).unwrap_or_default()
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), Problem> {
        let count = self.rest().iter().take_while(|b| b.is_ascii_digit());
        let count = count.count();
        self.byte += count;
        match count {
            0 => self.invalid(),
            _ => Ok(()),
        }
    }

    fn escape(&mut self) -> Result<(), Problem> {
        self.byte += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.byte += 1,
            Some(b'u') => {
                self.byte += 1;
                for _ in 0..4 {
                    match self.peek() {
                        Some(digit) if digit.is_ascii_hexdigit() => self.byte += 1,
                        _ => return self.invalid(),
                    }
                }
            }
            _ => return self.invalid(),
        }
        Ok(())
    }

    /// Characters beyond ASCII, up to the next one that is not.
    fn wide(&mut self) {
        while let Some(lead @ 0x80..) = self.peek() {
            let (bytes, units) = match lead {
                0x80..0xE0 => (2, 1),
                0xE0..0xF0 => (3, 1),
                _ => (4, 2),
            };
            self.byte += bytes;
            self.surplus += bytes - units;
        }
    }
}

/// How many bytes at the beginning are ASCII that stands for itself inside quotes. Texts are most of
/// what there is to walk, so eight at once are looked at.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGHS: u64 = ONES << 7;
    // The highest bit of each byte that is below a limit, up to the first such byte; what is above
    // that one may be wrong.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
    let (words, end) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let special = (below(word, 0x20) | quote | backslash | word) & HIGHS;
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let stops = |&byte: &u8| !matches!(byte, 0x20..0x80) || byte == b'"' || byte == b'\\';
    words.len() * 8 + end.iter().position(stops).unwrap_or(end.len())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn every_byte_that_is_special_inside_quotes_stops_at_every_place() {
        for special in (0..=0xFF).filter(|b| !matches!(b, 0x20..0x80) || [b'"', b'\\'].contains(b))
        {
            for place in 0..20 {
                // What comes right after is what a borrow would change.
                for filler in [b' ', b'!', b'#', b'[', b']', 0x7F] {
                    let mut bytes = [filler; 24];
                    bytes[place] = special;
                    assert_eq!(plain(&bytes), place, "{special:#x}");
                    assert_eq!(plain(&bytes[..place]), place);
                }
            }
        }
    }

    #[test]
    fn places_count_units() {
        let mut scan = Scan::new("\"aé€😀\u{FFFD}b\" ");
        assert_eq!(scan.quoted(), Ok(("aé€😀\u{FFFD}b", false)));
        assert_eq!(scan.at(), 9);
    }
}
