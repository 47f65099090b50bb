//! JSON5 and JSON with comments. Whether it is that at all is for `jsonc_parser` to say; the scanner then gives each value its
//! place.

use std::borrow::Cow;

use jsonc_parser::tokens::Token;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, Scanner, ScannerOptions, parse_to_ast};

use super::{BadDocument, Builder, Node, Value};

pub(super) fn read(text: &str) -> Result<Node<'_>, BadDocument> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shift = text.len() - body.len();
    let collect = CollectOptions { comments: CommentCollectionStrategy::Off, tokens: false };
    let parsed = parse_to_ast(body, &collect, &ParseOptions { allow_missing_commas: false, ..ParseOptions::default() });
    parsed.map_err(|error| {
        let at = error.range().start + shift;
        BadDocument::new(format!("it is not valid JSON5: {}", error.kind()), Some(at..at + 1))
    })?;
    let mut scanner = Scanner::new(body, &ScannerOptions::default());
    let mut builder = Builder::new();
    let broken = || BadDocument::new("it is not valid JSON5", None);
    while let Some(token) = scanner.scan().map_err(|_| broken())? {
        let range = scanner.token_start() + shift..scanner.token_end() + shift;
        let closed = match token {
            Token::Comma | Token::Colon | Token::CommentLine(_) | Token::CommentBlock(_) => continue,
            Token::OpenBrace | Token::OpenBracket => {
                builder.begin(range.start, token == Token::OpenBrace)?;
                continue;
            }
            Token::CloseBrace | Token::CloseBracket => builder.close(Some(range.end))?,
            Token::String(key) if builder.wants_key() => {
                builder.key(key, range);
                continue;
            }
            Token::Word(key) | Token::Number(key) if builder.wants_key() => {
                builder.key(Cow::Borrowed(key), range);
                continue;
            }
            Token::String(word) => Node::new(range, Value::Text(word)),
            Token::Boolean(value) => Node::new(range, Value::Boolean(value)),
            Token::Number(digits) => Node::new(range, Value::Number(digits.into())),
            Token::Null => Node::new(range, Value::Null),
            Token::Word(_) => return Err(broken()),
        };
        if let Some(root) = builder.put(closed)? {
            return Ok(root);
        }
    }
    Err(broken())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_add_to_json_is_read() {
        let text = "// why\n{a: 'b', \"c\": [1, 2,], /* d */ 'e': true,}\n";
        let root = read(text).unwrap();
        assert_eq!(root.word("a"), Some("b"));
        assert_eq!(root.at(&["c"]).items().len(), 2);
        assert_eq!(text.get(root.at(&["e"]).range()), Some("true"));
    }

    #[test]
    fn what_is_broken_is_refused_with_its_place() {
        for text in ["", "{", "{a b}", "{\"a\": 1 \"b\": 2}", "{a: 1, a: 2}", "[1] 2", "{a: word}"] {
            assert!(read(text).is_err(), "{text}");
        }
        let text = "{\n  \"a\": 1\n  \"b\": 2\n}\n";
        assert!(read(text).unwrap_err().at.unwrap().start >= 9);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z0-9{}\\[\\],:'\"/* \n]{0,60}") {
            let _ = read(&text);
        }
    }
}
