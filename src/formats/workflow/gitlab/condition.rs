//! The condition of a rule ("CI/CD job rules", "CI/CD variable expressions"), as far as the file and the event tell.

use regex_lite::RegexBuilder;

use crate::formats::workflow::Event;

/// Longest condition that is evaluated, in bytes.
const BYTES: usize = 4_000;
/// Deepest brackets.
const DEPTH: usize = 40;

/// What a variable or a text comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// The variable is not set.
    Null,
    /// This text.
    Text(String),
    /// Some text that is not empty.
    Present,
    /// Some text that is not empty, and not the default branch's name.
    OtherBranch,
    /// A pattern and its flags.
    Pattern(String, bool),
    /// Whatever it is, the file does not tell.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Value(Value),
    Sign(&'static str),
}

/// Whether a condition holds at an event; none where that is not told.
pub(super) fn holds(text: &str, event: Event, branch: &str) -> Option<bool> {
    if text.len() > BYTES {
        return None;
    }
    let tokens = tokens(text, event, branch)?;
    let mut reader = Reader { tokens: &tokens, at: 0, depth: 0 };
    let held = reader.either()?;
    if reader.at == tokens.len() { held } else { None }
}

fn tokens(text: &str, event: Event, branch: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let sign = ["&&", "||", "==", "!=", "=~", "!~", "(", ")", "!"].into_iter().find(|sign| rest.starts_with(sign));
        let (token, width) = if let Some(sign) = sign {
            (Token::Sign(sign), sign.len())
        } else if first == '"' || first == '\'' {
            let inner = rest.get(1..)?.split_once(first)?.0;
            let value = if inner.contains('$') { Value::Unknown } else { Value::Text(inner.to_owned()) };
            (Token::Value(value), inner.len() + 2)
        } else if first == '$' {
            let name = rest.get(1..)?;
            let (name, width) = match name.strip_prefix('{') {
                Some(name) => (name.split_once('}')?.0, name.find('}')? + 3),
                None => {
                    let width = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
                    (name.get(..width)?, width + 1)
                }
            };
            (Token::Value(variable(name, event, branch)), width)
        } else if first == '/' {
            let width = pattern_width(rest)?;
            let pattern = rest.get(1..width - 1)?.replace("\\/", "/");
            let flags = rest.get(width..)?.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - width);
            let ignores_case = rest.get(width..width + flags)?.contains('i');
            (Token::Value(Value::Pattern(pattern, ignores_case)), width + flags)
        } else if rest.starts_with("null") {
            (Token::Value(Value::Null), 4)
        } else {
            return None;
        };
        tokens.push(token);
        rest = rest.get(width..)?.trim_start();
    }
    Some(tokens)
}

/// How far a pattern reaches that begins with `/`.
fn pattern_width(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '/' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// What the host sets ("Predefined CI/CD variables reference"); what the project or its settings set is not told.
fn variable(name: &str, event: Event, branch: &str) -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    let merge_request = event == Event::PullRequest;
    match name {
        "CI_PIPELINE_SOURCE" => text(match event {
            Event::PullRequest => "merge_request_event",
            Event::Push | Event::Branch => "push",
            Event::Schedule => "schedule",
        }),
        "CI_DEFAULT_BRANCH" => text(branch),
        "CI_COMMIT_TAG" => Value::Null,
        "CI_COMMIT_BRANCH" if merge_request => Value::Null,
        "CI_COMMIT_BRANCH" | "CI_COMMIT_REF_NAME" if event == Event::Branch => Value::OtherBranch,
        "CI_COMMIT_REF_NAME" if merge_request => Value::Present,
        "CI_COMMIT_BRANCH" | "CI_COMMIT_REF_NAME" => text(branch),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME" if merge_request => text(branch),
        "CI_MERGE_REQUEST_IID" | "CI_MERGE_REQUEST_ID" if merge_request => Value::Present,
        // A merge request is open for the branch, or it would be of no matter here.
        "CI_OPEN_MERGE_REQUESTS" if event == Event::Branch => Value::Present,
        // They are those from a branch, and from the default branch there is none.
        "CI_OPEN_MERGE_REQUESTS" if !merge_request => Value::Null,
        "CI" | "GITLAB_CI" => text("true"),
        "CI_COMMIT_SHA" | "CI_PIPELINE_ID" | "CI_PROJECT_PATH" | "CI_PROJECT_NAMESPACE" | "CI_PROJECT_ID" => Value::Present,
        _ if name.starts_with("CI_MERGE_REQUEST_") && !merge_request => Value::Null,
        _ => Value::Unknown,
    }
}

struct Reader<'r> {
    tokens: &'r [Token],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        let fits = matches!(self.tokens.get(self.at), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(fits);
        fits
    }

    #[allow(clippy::option_option)]
    fn either(&mut self) -> Option<Option<bool>> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut left = self.both()?;
        while self.takes("||") {
            let right = self.both()?;
            left = match (left, right) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        self.depth -= 1;
        Some(left)
    }

    #[allow(clippy::option_option)]
    fn both(&mut self) -> Option<Option<bool>> {
        let mut left = self.compared()?;
        while self.takes("&&") {
            let right = self.compared()?;
            left = match (left, right) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Some(left)
    }

    #[allow(clippy::option_option)]
    fn compared(&mut self) -> Option<Option<bool>> {
        if self.takes("!") {
            return Some(self.compared()?.map(|held| !held));
        }
        if self.takes("(") {
            let held = self.either()?;
            return self.takes(")").then_some(held);
        }
        let left = self.value()?;
        let sign = ["==", "!=", "=~", "!~"].into_iter().find(|sign| self.takes(sign));
        let Some(sign) = sign else { return Some(left.is_set()) };
        let right = self.value()?;
        let held = if sign.ends_with('~') { left.matches(&right) } else { left.equals(&right) };
        Some(if sign.starts_with('!') { held.map(|held| !held) } else { held })
    }

    fn value(&mut self) -> Option<Value> {
        let Some(Token::Value(value)) = self.tokens.get(self.at) else { return None };
        self.at += 1;
        Some(value.clone())
    }
}

impl Value {
    fn is_set(&self) -> Option<bool> {
        match self {
            Self::Null => Some(false),
            Self::Text(text) => Some(!text.is_empty()),
            Self::Present | Self::OtherBranch | Self::Pattern(..) => Some(true),
            Self::Unknown => None,
        }
    }

    fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Null, Self::Null) => Some(true),
            (Self::Text(left), Self::Text(right)) => Some(left == right),
            (Self::Null, Self::Text(_) | Self::Present | Self::OtherBranch)
            | (Self::Text(_) | Self::Present | Self::OtherBranch, Self::Null) => Some(false),
            (Self::Present | Self::OtherBranch, Self::Text(text)) | (Self::Text(text), Self::Present | Self::OtherBranch)
                if text.is_empty() =>
            {
                Some(false)
            }
            // A branch that a change comes from has none of the names that default branches have.
            (Self::OtherBranch, Self::Text(text)) | (Self::Text(text), Self::OtherBranch) => {
                super::super::DEFAULT_BRANCHES.contains(&text.as_str()).then_some(false)
            }
            _ => None,
        }
    }

    fn matches(&self, pattern: &Self) -> Option<bool> {
        let Self::Pattern(pattern, ignores_case) = pattern else { return None };
        match self {
            Self::Null => Some(false),
            Self::Text(text) => {
                let regex = RegexBuilder::new(pattern).case_insensitive(*ignores_case).size_limit(64 * 1_024).build().ok()?;
                Some(regex.is_match(text))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_event_and_branch_tell_is_evaluated() {
        for (text, change, push, other) in [
            ("$CI_PIPELINE_SOURCE == \"merge_request_event\"", Some(true), Some(false), Some(false)),
            ("$CI_PIPELINE_SOURCE =~ /^merge/", Some(true), Some(false), Some(false)),
            ("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", Some(false), Some(true), Some(false)),
            ("$CI_COMMIT_BRANCH", Some(false), Some(true), Some(true)),
            ("$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", Some(false), Some(false), Some(true)),
            ("$CI_MERGE_REQUEST_IID", Some(true), Some(false), Some(false)),
            ("$CI_COMMIT_TAG", Some(false), Some(false), Some(false)),
            ("$CI_COMMIT_TAG == null && ($CI == 'true')", Some(true), Some(true), Some(true)),
            ("$CI_COMMIT_BRANCH =~ /^release\\/.*$/", Some(false), Some(false), None),
            ("$CI_COMMIT_BRANCH != \"main\"", Some(true), Some(false), Some(true)),
            ("$MINE == 'yes'", None, None, None),
            ("$MINE || $CI", Some(true), Some(true), Some(true)),
            ("${CI_COMMIT_BRANCH} == 'main'", Some(false), Some(true), Some(false)),
            ("$CI_COMMIT_BRANCH ==", None, None, None),
            ("what", None, None, None),
        ] {
            let held = [Event::PullRequest, Event::Push, Event::Branch].map(|event| holds(text, event, "main"));
            assert_eq!(held, [change, push, other], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_evaluated(text in "[$A-Z{}()&|=!~/\"' a-z]{0,60}") {
            let _ = holds(&text, Event::Push, "main");
        }
    }
}
