//! The words and operators of a shell script (POSIX, "Shell Command Language", 2.3 Token Recognition, and what bash adds).

use std::ops::Range;

/// A word or operator and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word, its quotes taken off; redirections are words too.
    Word(String),
    /// `;`, `&`, `|`, `&&`, `||`, `(`, `)`, `;;`, or the end of a line as `\n`.
    Sign(&'static str),
}

/// What a script is made of.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    /// Commands within words: `$(…)`, `` `…` ``, `<(…)`.
    pub(super) substitutions: Vec<Range<usize>>,
    /// Texts that are handed to a command (`<<END`).
    pub(super) documents: Vec<Range<usize>>,
}

/// Longest first.
const SIGNS: &[&str] = &["&&", "||", ";;", "|&", ";", "|", "&", "(", ")", "\n"];

/// Reads a script; none where a quote or bracket stays open.
pub(super) fn lex(text: &str) -> Option<Lexed> {
    let mut lexer = Lexer { text, at: 0, lexed: Lexed::default(), waiting: Vec::new() };
    while lexer.at < text.len() {
        lexer.step()?;
    }
    Some(lexer.lexed)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    lexed: Lexed,
    /// The words that end the texts which begin on the next line.
    waiting: Vec<String>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let next = rest.chars().next()?;
        if rest.starts_with("\\\n") {
            self.at += 2;
        } else if next == '\n' {
            self.sign("\n");
            self.documents()?;
        } else if next.is_whitespace() {
            self.at += next.len_utf8();
        } else if next == '#' {
            self.at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)).filter(|_| !rest.starts_with("&>")) {
            self.sign(sign);
        } else {
            self.word()?;
        }
        Some(())
    }

    fn sign(&mut self, sign: &'static str) {
        self.lexed.tokens.push(Token { kind: TokenKind::Sign(sign), at: self.at..self.at + sign.len() });
        self.at += sign.len();
    }

    fn word(&mut self) -> Option<()> {
        let start = self.at;
        let mut word = String::new();
        loop {
            let rest = self.rest();
            let Some(next) = rest.chars().next() else { break };
            if rest.starts_with("\\\n") {
                self.at += 2;
            } else if next == '\\' {
                let letter = rest.get(1..)?.chars().next()?;
                word.push(letter);
                self.at += 1 + letter.len_utf8();
            } else if next == '\'' {
                let inner = rest.get(1..)?.split_once('\'')?.0;
                word.push_str(inner);
                self.at += inner.len() + 2;
            } else if next == '"' {
                self.quoted(&mut word)?;
            } else if let Some(width) = self.expanded() {
                word.push_str(self.text.get(self.at..self.at + width?)?);
                self.at += width?;
            } else if [">&", "<&", "&>", ">|"].iter().any(|sign| rest.starts_with(sign)) {
                word.push_str(rest.get(..2)?);
                self.at += 2;
            } else if rest.starts_with("<<") && !rest.starts_with("<<<") {
                self.here(&mut word)?;
            } else if next.is_whitespace() || matches!(next, ';' | '&' | '|' | '(' | ')') {
                break;
            } else {
                word.push(next);
                self.at += next.len_utf8();
            }
        }
        self.lexed.tokens.push(Token { kind: TokenKind::Word(word), at: start..self.at });
        Some(())
    }

    fn quoted(&mut self, word: &mut String) -> Option<()> {
        self.at += 1;
        loop {
            let rest = self.rest();
            let next = rest.chars().next()?;
            if next == '"' {
                self.at += 1;
                return Some(());
            }
            if next == '\\' {
                let letter = rest.get(1..)?.chars().next()?;
                if !matches!(letter, '"' | '\\' | '$' | '`' | '\n') {
                    word.push('\\');
                }
                word.push(letter);
                self.at += 1 + letter.len_utf8();
            } else if let Some(width) = self.expanded() {
                word.push_str(self.text.get(self.at..self.at + width?)?);
                self.at += width?;
            } else {
                word.push(next);
                self.at += next.len_utf8();
            }
        }
    }

    /// How wide the expansion is that begins here, if one does; inside of it none where it has no end.
    #[allow(clippy::option_option)]
    fn expanded(&mut self) -> Option<Option<usize>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (width, runs) = if rest.starts_with("${{") {
            (rest.find("}}").map(|end| end + 2), false)
        } else if rest.starts_with("${") {
            (rest.find('}').map(|end| end + 1), false)
        } else if rest.starts_with("$((") {
            (balanced(rest, 1), false)
        } else if rest.starts_with("$(") || rest.starts_with("<(") || rest.starts_with(">(") {
            (balanced(rest, 1), true)
        } else if rest.starts_with('`') {
            (rest.get(1..).and_then(|rest| rest.find('`')).map(|end| end + 2), true)
        } else {
            return None;
        };
        if let Some(width) = width.filter(|_| runs) {
            self.lexed.substitutions.push(self.at..self.at + width);
        }
        Some(width)
    }

    /// `<<END`, or `<<-END`: a text that begins on the next line.
    fn here(&mut self, word: &mut String) -> Option<()> {
        let rest = self.rest();
        let sign = if rest.starts_with("<<-") { 3 } else { 2 };
        let after = rest.get(sign..)?;
        let name = after.trim_start_matches([' ', '\t']);
        let width = name.find(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '>' | '<')).unwrap_or(name.len());
        let end: String = name.get(..width)?.chars().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
        if end.is_empty() {
            return None;
        }
        self.waiting.push(end);
        word.push_str("<<");
        self.at += sign + (after.len() - name.len()) + width;
        Some(())
    }

    /// Passes over the texts that were announced on the line before.
    fn documents(&mut self) -> Option<()> {
        for end in std::mem::take(&mut self.waiting) {
            let start = self.at;
            loop {
                let rest = self.rest();
                if rest.is_empty() {
                    return None;
                }
                let line = rest.split_inclusive('\n').next()?;
                let (content, width) = (line.trim(), line.len());
                if content == end {
                    self.lexed.documents.push(start..self.at);
                    // The line's end stays, as that of the command.
                    self.at += line.trim_end_matches('\n').len();
                    break;
                }
                self.at += width;
            }
        }
        Some(())
    }
}

/// How far a bracket reaches that opens at `open`, quotes aside.
fn balanced(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(open) {
        match (letter, quote) {
            _ if escaped => escaped = false,
            ('\\', None | Some('"')) => escaped = true,
            ('\'' | '"', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            ('(', None) => depth += 1,
            (')', None) => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
