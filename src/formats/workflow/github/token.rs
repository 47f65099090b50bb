//! The words of an expression of GitHub Actions.

/// A word or sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A context, a function, a key.
    Name(String),
    /// A string, without its quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// An operator or bracket.
    Sign(&'static str),
}

/// Longest first, so that `<=` is not read as `<`.
const SIGNS: &[&str] = &["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "*"];

/// The words of a text; none where it is no expression.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, width) = if first == '\'' {
            quoted(rest)?
        } else if first.is_ascii_digit() || (first == '-' && rest.get(1..)?.starts_with(|c: char| c.is_ascii_digit())) {
            let width = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '+')).unwrap_or(rest.len());
            (Token::Number(rest.get(..width)?.parse().ok()?), width)
        } else if first.is_ascii_alphabetic() || first == '_' {
            let width = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(rest.len());
            (Token::Name(rest.get(..width)?.to_owned()), width)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            (Token::Sign(sign), sign.len())
        };
        tokens.push(token);
        rest = rest.get(width..)?.trim_start();
    }
    Some(tokens)
}

/// A string in single quotes, in which two stand for one, and how many bytes it takes.
fn quoted(text: &str) -> Option<(Token, usize)> {
    let mut inner = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            inner.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            inner.push('\'');
        } else {
            return Some((Token::Text(inner), at + 1));
        }
    }
    None
}
