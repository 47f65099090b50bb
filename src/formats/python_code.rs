//! The calls in a Python source, without its comments and the contents of its texts. No parser: enough to find a call by the end of its
//! name and to read which named arguments it is given.

use std::ops::Range;

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The dotted name before the bracket, as written: `torch.load`.
    pub name: String,
    /// Byte range of the name.
    pub at: Range<usize>,
    /// The arguments: byte range between the brackets.
    pub arguments: Range<usize>,
}

/// A source with what is code in it.
pub struct Code<'t> {
    text: &'t str,
    /// The text's bytes, comments and the contents of texts blanked out.
    bare: Vec<u8>,
}

impl<'t> Code<'t> {
    /// Reads a source; any text is one.
    pub fn read(text: &'t str) -> Self {
        Self { text, bare: bare(text.as_bytes()) }
    }

    /// The calls that name an argument, with the value if it is a single word: `weights_only` with `False`.
    pub fn calls_with(&self, argument: &str, value: &str) -> Vec<(Call, Range<usize>)> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = find(&self.bare, argument.as_bytes(), from) {
            let end = at + argument.len();
            from = end;
            let before = at.checked_sub(1).and_then(|before| self.bare.get(before));
            if before.is_some_and(|byte| is_word(*byte) || *byte == b'.') {
                continue;
            }
            let Some(set) = self.word_after(end, value) else { continue };
            if let Some(call) = self.call_around(at) {
                found.push((call, at..set));
            }
        }
        found
    }

    /// The calls of this dotted name.
    pub fn calls_of(&self, name: &str) -> Vec<Call> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = find(&self.bare, name.as_bytes(), from) {
            from = at + name.len();
            let open = self.skip_blanks(from);
            let before = at.checked_sub(1).and_then(|before| self.bare.get(before));
            if before.is_some_and(|byte| is_word(*byte) || *byte == b'.') || self.bare.get(open) != Some(&b'(') {
                continue;
            }
            let Some(close) = self.closing(open) else { continue };
            found.push(Call { name: name.to_owned(), at: at..from, arguments: open + 1..close });
        }
        found
    }

    /// The source of a range.
    pub fn source(&self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The first argument, named or not, where it is a plain text in quotes.
    pub fn first_text(&self, call: &Call) -> Option<&'t str> {
        let source = self.source(&call.arguments).trim_start();
        let unnamed = source.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').trim_start();
        let source = unnamed.strip_prefix('=').map_or(source, str::trim_start);
        let quote = source.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        source.get(1..)?.split(quote).next()
    }

    fn skip_blanks(&self, from: usize) -> usize {
        let rest = self.bare.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
    }

    /// Where `= value` ends, if that is what follows.
    fn word_after(&self, from: usize, value: &str) -> Option<usize> {
        let equals = self.skip_blanks(from);
        let start = self.skip_blanks(equals + 1);
        let end = start + value.len();
        let is_set = self.bare.get(equals) == Some(&b'=') && self.bare.get(start..end) == Some(value.as_bytes());
        let alone = self.bare.get(self.skip_blanks(end)).is_some_and(|byte| matches!(byte, b',' | b')'));
        (is_set && alone).then_some(end)
    }

    /// The call whose arguments a place lies in; none in the head of a function or class.
    fn call_around(&self, at: usize) -> Option<Call> {
        let mut depth = 0_usize;
        let mut open = at;
        let floor = at.saturating_sub(REACH);
        loop {
            open = open.checked_sub(1).filter(|open| *open >= floor)?;
            match self.bare.get(open)? {
                b')' | b']' | b'}' => depth += 1,
                b'(' if depth == 0 => break,
                b'[' | b'{' if depth == 0 => return None,
                b'(' | b'[' | b'{' => depth -= 1,
                _ => {}
            }
        }
        let before = self.bare.get(..open)?;
        let end = before.iter().rposition(|byte| !byte.is_ascii_whitespace())? + 1;
        let start = before.get(..end)?.iter().rposition(|byte| !is_word(*byte) && *byte != b'.').map_or(0, |at| at + 1);
        let name = self.text.get(start..end).filter(|name| !name.is_empty())?;
        let lead = before.get(..start)?.trim_ascii_end();
        if lead.ends_with(b"def") || lead.ends_with(b"class") {
            return None;
        }
        Some(Call { name: name.to_owned(), at: start..end, arguments: open + 1..self.closing(open)? })
    }

    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, byte) in self.bare.iter().enumerate().skip(open).take(REACH) {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// Longest arguments of one call, in bytes.
const REACH: usize = 8_192;

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn find(bytes: &[u8], part: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(part.len()).position(|window| window == part).map(|at| from + at)
}

/// The bytes with comments and the contents of texts as blanks; as many as there were.
fn bare(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            b'#' => {
                let end = bytes.get(at..).unwrap_or_default().iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |line| at + line);
                out.resize(end, b' ');
                at = end;
            }
            b'"' | b'\'' => {
                let end = text_end(bytes, at, byte).min(bytes.len());
                // Quotes and a filling, so that a text stays a value.
                out.push(b'\'');
                out.resize(end.max(at + 1), b'\'');
                at = end.max(at + 1);
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// Where a text ends: behind its closing quotes, or at the line's end where it has none.
fn text_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let three = [quote; 3];
    let long = bytes.get(start..start + 3) == Some(&three);
    let mut at = if long { start + 3 } else { start + 1 };
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            // In a raw text too, a quote behind a backslash does not close it.
            b'\\' => at += 2,
            b'\n' if !long => return at,
            _ if byte == quote && !long => return at + 1,
            _ if long && bytes.get(at..at + 3) == Some(&three) => return at + 3,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<String> {
        Code::read(text).calls_with("trust", "True").into_iter().map(|(call, _)| call.name).collect()
    }

    #[test]
    fn a_named_argument_is_found_in_code_alone() {
        assert_eq!(names("m = Auto.load(\n    'x',  # trust=True\n    trust = True,\n)"), ["Auto.load"]);
        assert_eq!(names("f(a(1), {'b': 2}, trust=True)"), ["f"]);
        for text in [
            "# f(trust=True)",
            "'f(trust=True)'",
            "\"\"\"\nf(trust=True)\n\"\"\"",
            "f(trust=False)",
            "f(trust == True)",
            "f(trust=True if x else y)",
            "def f(a, trust=True):",
            "f(my_trust=True)",
            "trust = True",
            "f([g, trust=True])",
        ] {
            assert!(names(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn calls_are_found_with_their_first_text() {
        let code = Code::read("import torch\nx = torch.load('a', weights_only=False)\nmytorch.load('b')\ntorch.loads('c')\n");
        let calls = code.calls_of("torch.load");
        assert_eq!(calls.len(), 1);
        assert_eq!(code.first_text(&calls[0]), Some("a"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z(){}\\[\\],=#'\"\\\\\né. ]{0,80}") {
            let code = Code::read(&text);
            prop_assert_eq!(code.bare.len(), text.len());
            for (call, at) in code.calls_with("a", "b") {
                prop_assert!(text.get(call.at).is_some() && text.get(at).is_some());
            }
        }
    }
}
