//! JSON. Whether it is JSON at all is for `serde_json` to say, strictly; the scanner then gives each value its place.

use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use super::{BadDocument, Builder, Node, Value};

const STRICT: ScannerOptions = ScannerOptions {
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(super) fn read(text: &str) -> Result<Node<'_>, BadDocument> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shift = text.len() - body.len();
    serde_json::from_str::<serde::de::IgnoredAny>(body).map_err(|error| refused(body, shift, &error))?;
    let mut scanner = Scanner::new(body, &STRICT);
    let mut builder = Builder::new();
    let broken = || BadDocument::new("it is not valid JSON", None);
    while let Some(token) = scanner.scan().map_err(|_| broken())? {
        let range = scanner.token_start() + shift..scanner.token_end() + shift;
        let value = match token {
            Token::Comma | Token::Colon => continue,
            Token::OpenBrace | Token::OpenBracket => {
                builder.begin(range.start, token == Token::OpenBrace)?;
                continue;
            }
            Token::CloseBrace | Token::CloseBracket => {
                let closed = builder.close(Some(range.end))?;
                match builder.put(closed)? {
                    Some(root) => return Ok(root),
                    None => continue,
                }
            }
            Token::String(key) if builder.wants_key() => {
                builder.key(key, range);
                continue;
            }
            Token::String(word) => Value::Text(word),
            Token::Boolean(value) => Value::Boolean(value),
            Token::Number(digits) => Value::Number(digits.into()),
            Token::Null => Value::Null,
            Token::Word(_) | Token::CommentLine(_) | Token::CommentBlock(_) => return Err(broken()),
        };
        if let Some(root) = builder.put(Node::new(range, value))? {
            return Ok(root);
        }
    }
    Err(broken())
}

fn refused(body: &str, shift: usize, error: &serde_json::Error) -> BadDocument {
    let line = error.line().saturating_sub(1);
    let start: usize = body.split_inclusive('\n').take(line).map(str::len).sum();
    let offset = (start + error.column().saturating_sub(1)).min(body.len()) + shift;
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(head, _)| head);
    BadDocument::new(format!("it is not valid JSON: {words}"), Some(offset..offset + 1))
}
