//! Expressions of GitHub Actions ("Evaluate expressions in workflows and actions"), as far as the file and the event tell.
//!
//! What neither tells is [`Value::Unknown`], and stays it through every operator that needs it: a condition is true or false
//! only where it is so whatever the unknown parts are.

use std::cell::Cell;

use super::token::{self, Token};
use super::value::Value;
use crate::formats::workflow::{Event, Setting};

/// Longest expression that is evaluated, in bytes (the host's own bound is 21,000).
const BYTES: usize = 4_000;
/// Deepest nesting of parentheses, functions and operators.
const DEPTH: usize = 40;
/// What an expression takes of the fuel beside its length.
const COST: usize = 100;

/// The truth of an `if`, with or without `${{ }}` about it; none where it is unknown.
pub fn condition(text: &str, setting: &Setting<'_>) -> Option<bool> {
    let text = text.trim();
    match inner(text) {
        Some(inner) => evaluate(inner, setting).truth(),
        // Text beside an expression makes a string of the whole, which is not what anybody means.
        None if text.contains("${{") => None,
        None => evaluate(text, setting).truth(),
    }
}

/// The value of a setting that may be an expression.
pub fn value(text: &str, setting: &Setting<'_>) -> Value {
    let trimmed = text.trim();
    match inner(trimmed) {
        Some(inner) => evaluate(inner, setting),
        None if text.contains("${{") => Value::Unknown,
        None => Value::Text(text.to_owned()),
    }
}

/// Whether a condition asks how the jobs before it went, so that one that was skipped does not skip this one too.
pub fn asks_status(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["always(", "failure(", "cancelled("].iter().any(|call| text.contains(call))
}

/// What stands inside of `${{ }}` where that is the whole text.
fn inner(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${{")?.strip_suffix("}}")?;
    (!inner.contains("${{")).then_some(inner)
}

fn evaluate(text: &str, setting: &Setting<'_>) -> Value {
    let left = setting.fuel.get();
    let Some(left) = left.checked_sub(text.len() + COST).filter(|_| text.len() <= BYTES) else { return Value::Unknown };
    setting.fuel.set(left);
    let Some(tokens) = token::tokens(text) else { return Value::Unknown };
    let mut reader = Reader { tokens: &tokens, at: 0, depth: 0, setting };
    let value = reader.either().unwrap_or(Value::Unknown);
    if reader.at == tokens.len() { value } else { Value::Unknown }
}

struct Reader<'r> {
    tokens: &'r [Token],
    at: usize,
    depth: usize,
    setting: &'r Setting<'r>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let fits = matches!(self.peek(), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(fits);
        fits
    }

    fn either(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut left = self.both()?;
        while self.takes("||") {
            let right = self.both()?;
            left = left.or(right);
        }
        self.depth -= 1;
        Some(left)
    }

    fn both(&mut self) -> Option<Value> {
        let mut left = self.compared()?;
        while self.takes("&&") {
            let right = self.compared()?;
            left = left.and(right);
        }
        Some(left)
    }

    fn compared(&mut self) -> Option<Value> {
        let mut left = self.single()?;
        loop {
            let sign = ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|sign| self.takes(sign));
            let Some(sign) = sign else { return Some(left) };
            let right = self.single()?;
            left = match sign {
                "==" => Value::truth_of(left.equals(&right)),
                "!=" => Value::truth_of(left.equals(&right).map(|same| !same)),
                _ => Value::Unknown,
            };
        }
    }

    fn single(&mut self) -> Option<Value> {
        let mut negated = None;
        while self.takes("!") {
            negated = Some(!negated.unwrap_or(false));
        }
        let value = self.operand()?;
        Some(match negated {
            None => value,
            Some(negated) => Value::truth_of(value.truth().map(|truth| truth != negated)),
        })
    }

    fn operand(&mut self) -> Option<Value> {
        let token = self.peek()?.clone();
        self.at += 1;
        match token {
            Token::Text(text) => Some(Value::Text(text)),
            Token::Number(number) => Some(Value::Number(number)),
            Token::Sign("(") => {
                let value = self.either()?;
                if self.takes(")") { self.below(value) } else { None }
            }
            Token::Name(name) if self.takes("(") => {
                let arguments = self.arguments()?;
                let value = call(&name.to_ascii_lowercase(), &arguments);
                self.below(value)
            }
            Token::Name(name) => self.named(&name.to_ascii_lowercase()),
            Token::Sign(_) => None,
        }
    }

    fn arguments(&mut self) -> Option<Vec<Value>> {
        let mut arguments = Vec::new();
        if self.takes(")") {
            return Some(arguments);
        }
        loop {
            arguments.push(self.either()?);
            if self.takes(")") {
                return Some(arguments);
            }
            if !self.takes(",") {
                return None;
            }
        }
    }

    /// `.name` and `['name']` after a value.
    fn below(&mut self, mut value: Value) -> Option<Value> {
        while let Some(key) = self.key()? {
            value = value.get(&key);
        }
        Some(value)
    }

    /// The next key of a path, if one follows; an error where it is neither a name nor a text.
    #[allow(clippy::option_option)]
    fn key(&mut self) -> Option<Option<String>> {
        if self.takes(".") {
            let key = match self.peek()? {
                Token::Name(name) => name.to_ascii_lowercase(),
                Token::Sign("*") => "*".to_owned(),
                _ => return None,
            };
            self.at += 1;
            return Some(Some(key));
        }
        if self.takes("[") {
            let key = match self.either()? {
                Value::Text(key) => key.to_ascii_lowercase(),
                _ => "*".to_owned(),
            };
            return self.takes("]").then_some(Some(key));
        }
        Some(None)
    }

    /// A context, followed as far as it is known, or a word that stands for a value.
    fn named(&mut self, name: &str) -> Option<Value> {
        match name {
            "true" => return Some(Value::Boolean(true)),
            "false" => return Some(Value::Boolean(false)),
            "null" => return Some(Value::Null),
            _ => {}
        }
        let mut path = vec![name.to_owned()];
        while let Some(key) = self.key()? {
            path.push(key);
        }
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        Some(match path.split_first() {
            Some((&"matrix", keys)) => {
                keys.iter().try_fold(self.setting.matrix, |value, key| value.below(key)).map_or(Value::Null, Value::leaf)
            }
            _ => context(&path, self.setting),
        })
    }
}

/// Whether a setting is true in every run, whatever event and matrix there are.
pub fn is_always(text: &str) -> bool {
    let fuel = Cell::new(10 * BYTES);
    [Event::PullRequest, Event::Push].into_iter().all(|event| {
        let setting = Setting { event, branch: "main", matrix: &Value::Unknown, os: None, fuel: &fuel };
        value(text, &setting).is_yes() == Some(true)
    })
}

/// A value of the host's contexts.
fn context(path: &[&str], setting: &Setting<'_>) -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    let change = setting.event == Event::PullRequest;
    match path {
        ["github", "event_name"] => text(setting.event.name()),
        ["github", "ref"] if change => text("refs/pull/0/merge"),
        ["github", "ref"] => Value::Text(format!("refs/heads/{}", setting.branch)),
        ["github", "ref_name"] if change => text("0/merge"),
        ["github", "ref_name"] | ["github", "event", "repository", "default_branch"] => text(setting.branch),
        ["github", "ref_type"] => text("branch"),
        ["github", "base_ref"] | ["github", "event", "pull_request", "base", "ref"] if change => text(setting.branch),
        ["github", "event", "ref"] if setting.event == Event::Push => Value::Text(format!("refs/heads/{}", setting.branch)),
        ["github", "base_ref" | "head_ref"] if !change => text(""),
        ["github", "event", "pull_request" | "number" | "action" | "label", ..] if !change => Value::Null,
        // Nobody fills in a form for these events.
        ["inputs", ..] | ["github", "event", "inputs" | "release" | "workflow_run" | "merge_group", ..] => Value::Null,
        ["runner", "os"] => setting.os.map_or(Value::Unknown, text),
        _ => Value::Unknown,
    }
}

fn call(name: &str, arguments: &[Value]) -> Value {
    match (name, arguments) {
        // As the run goes where nothing fails and nobody ends it.
        ("always" | "success", []) => Value::Boolean(true),
        ("failure" | "cancelled", []) => Value::Boolean(false),
        ("contains", [within, item]) => Value::truth_of(within.contains(item)),
        ("startswith", [text, start]) => Value::truth_of(text.both_texts(start, |text, start| text.starts_with(start))),
        ("endswith", [text, end]) => Value::truth_of(text.both_texts(end, |text, end| text.ends_with(end))),
        ("fromjson", [Value::Text(text)]) => Value::from_json(text),
        _ => Value::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn truth(text: &str, event: Event) -> Option<bool> {
        let matrix = Value::Table(vec![("os".to_owned(), Value::Text("ubuntu".to_owned())), ("bad".to_owned(), Value::Boolean(true))]);
        let fuel = Cell::new(100_000);
        condition(text, &Setting { event, branch: "main", matrix: &matrix, os: Some("Linux"), fuel: &fuel })
    }

    #[test]
    fn what_file_and_event_tell_is_evaluated() {
        for (text, change, push) in [
            ("true", true, true),
            ("${{ false }}", false, false),
            ("false && github.actor == 'x'", false, false),
            ("github.actor == 'x' || true", true, true),
            ("!always()", false, false),
            ("!cancelled()", true, true),
            ("failure()", false, false),
            ("github.event_name == 'PUSH'", false, true),
            ("github['event_name'] != 'push'", true, false),
            ("github.ref == 'refs/heads/main'", false, true),
            ("startsWith(github.ref, 'refs/tags/')", false, false),
            ("contains(fromJSON('[\"push\", \"pull_request\"]'), github.event_name)", true, true),
            ("contains('schedule release', github.event_name)", false, false),
            ("github.ref_name == github.event.repository.default_branch", false, true),
            ("!inputs.skip", true, true),
            ("matrix.os == 'ubuntu' && runner.os == 'Linux'", true, true),
            ("matrix.none", false, false),
            ("1 == '1' && 'it''s' == 'IT''S'", true, true),
        ] {
            assert_eq!((truth(text, Event::PullRequest), truth(text, Event::Push)), (Some(change), Some(push)), "{text}");
        }
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        for text in [
            "github.actor == 'x'",
            "vars.RUN",
            "needs.changes.outputs.code == 'true'",
            "${{ true }} && ${{ false }}",
            "github.repository == 'a/b'",
            "!",
            "(true",
            "true)",
            "'open",
            "hashFiles('x') != ''",
            "env.A && true",
        ] {
            assert_eq!(truth(text, Event::PullRequest), None, "{text}");
        }
        assert_eq!(truth("github.event.pull_request.draft == false", Event::Push), Some(true));
        assert_eq!(truth("github.event_name != 'pull_request' || github.event.pull_request.head.repo.fork", Event::Push), Some(true));
        assert_eq!(truth(&"(".repeat(3_000), Event::Push), None);
    }

    proptest! {
        #[test]
        fn any_text_is_evaluated(text in "[a-z.'()&|!= \\[\\]0-9]{0,60}") {
            let _ = truth(&text, Event::Push);
        }
    }
}
