//! What a shell script is made of: lists, pipes, groups and conditions (POSIX, "Shell Command Language", 2.9 Shell Commands).

use std::ops::Range;

use super::lexer::{Lexed, Token, TokenKind};

/// Deepest nesting that is followed.
const DEPTH: usize = 40;

/// Statements one after the other.
pub(super) type List = Vec<Statement>;

/// Pipes that are joined by `&&` and `||`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) pipes: Vec<(Link, Pipe)>,
    /// Ended by `&`.
    pub(super) is_background: bool,
}

/// How a pipe is joined to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    And,
    Or,
}

/// Commands that are joined by `|`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pipe {
    pub(super) is_negated: bool,
    pub(super) commands: Vec<Command>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Simple(Simple),
    /// `( … )` or, in the same shell, `{ … }`.
    Group {
        list: List,
        is_subshell: bool,
    },
    /// `if`: its conditions, then its branches.
    If(Vec<List>, Vec<List>),
    /// `while` and `until` with a condition, `for`; then the body.
    Loop(Option<List>, List),
    /// A function of this name; its body runs elsewhere.
    Function(String, Range<usize>),
    /// What is not followed.
    Other(Range<usize>),
}

/// A command with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Simple {
    pub(super) words: Vec<String>,
    pub(super) at: Range<usize>,
}

impl Simple {
    /// Its words without the assignments before them.
    pub(super) fn own_words(&self) -> &[String] {
        let is_assignment = |word: &String| {
            word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        };
        let first = self.words.iter().position(|word| !is_assignment(word)).unwrap_or(self.words.len());
        self.words.get(first..).unwrap_or_default()
    }

    /// The program or builtin.
    pub(super) fn program(&self) -> &str {
        self.own_words().first().map_or("", String::as_str)
    }
}

/// Parses a script; none where it is more than is understood here.
pub(super) fn parse(lexed: &Lexed) -> Option<List> {
    let mut parser = Parser { tokens: &lexed.tokens, at: 0, depth: 0 };
    let list = parser.list(&[])?;
    (parser.at == lexed.tokens.len()).then_some(list)
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn word(&self) -> Option<&'t str> {
        match &self.tokens.get(self.at)?.kind {
            TokenKind::Word(word) => Some(word),
            TokenKind::Sign(_) => None,
        }
    }

    fn sign(&self) -> Option<&'static str> {
        match self.tokens.get(self.at)?.kind {
            TokenKind::Sign(sign) => Some(sign),
            TokenKind::Word(_) => None,
        }
    }

    fn takes(&mut self, sign: &str) -> bool {
        let fits = self.sign() == Some(sign);
        self.at += usize::from(fits);
        fits
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let fits = self.word() == Some(word);
        self.at += usize::from(fits);
        fits
    }

    fn lines(&mut self) {
        while self.takes("\n") {}
    }

    /// Statements up to one of these words, or a closing bracket, or the end.
    fn list(&mut self, ends: &[&str]) -> Option<List> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut list = Vec::new();
        loop {
            while self.takes("\n") || self.takes(";") {}
            let ended = self.word().is_some_and(|word| ends.contains(&word)) || matches!(self.sign(), Some(")" | ";;"));
            if ended || self.at >= self.tokens.len() {
                break;
            }
            let mut statement = self.statement()?;
            statement.is_background = self.takes("&");
            list.push(statement);
        }
        self.depth -= 1;
        Some(list)
    }

    fn statement(&mut self) -> Option<Statement> {
        let mut pipes = vec![(Link::And, self.pipe()?)];
        loop {
            let link = if self.takes("&&") {
                Link::And
            } else if self.takes("||") {
                Link::Or
            } else {
                return Some(Statement { pipes, is_background: false });
            };
            self.lines();
            pipes.push((link, self.pipe()?));
        }
    }

    fn pipe(&mut self) -> Option<Pipe> {
        let mut is_negated = false;
        while self.takes_word("!") {
            is_negated = !is_negated;
        }
        let mut commands = vec![self.command()?];
        while self.takes("|") || self.takes("|&") {
            self.lines();
            commands.push(self.command()?);
        }
        Some(Pipe { is_negated, commands })
    }

    fn command(&mut self) -> Option<Command> {
        let start = self.tokens.get(self.at)?.at.start;
        if self.takes("(") {
            let list = self.list(&[])?;
            return self.takes(")").then(|| self.redirected(Command::Group { list, is_subshell: true }));
        }
        match self.word()? {
            "{" => {
                self.at += 1;
                let list = self.list(&["}"])?;
                self.takes_word("}").then(|| self.redirected(Command::Group { list, is_subshell: false }))
            }
            "if" => self.condition(),
            "while" | "until" => {
                self.at += 1;
                let condition = self.list(&["do"])?;
                self.body(Some(condition))
            }
            "for" | "select" => {
                while self.word() != Some("do") {
                    self.at += 1;
                    self.tokens.get(self.at)?;
                }
                self.body(None)
            }
            "case" => self.passed_over(start, "esac"),
            "[[" => self.passed_over(start, "]]"),
            "function" => {
                let name = self.tokens.get(self.at + 1).and_then(|token| match &token.kind {
                    TokenKind::Word(name) => Some(name.clone()),
                    TokenKind::Sign(_) => None,
                })?;
                self.at += 2;
                self.function(name, start)
            }
            "then" | "else" | "elif" | "fi" | "do" | "done" | "esac" | "}" => None,
            name if self.opens_function() => {
                self.at += 1;
                self.function(name.to_owned(), start)
            }
            _ => self.simple(),
        }
    }

    /// Whether `name ( )` stands here.
    fn opens_function(&self) -> bool {
        let sign = |ahead: usize| self.tokens.get(self.at + ahead).map(|token| &token.kind);
        sign(1) == Some(&TokenKind::Sign("(")) && sign(2) == Some(&TokenKind::Sign(")"))
    }

    fn function(&mut self, name: String, start: usize) -> Option<Command> {
        if self.takes("(") && !self.takes(")") {
            return None;
        }
        self.lines();
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        self.command()?;
        self.depth -= 1;
        Some(Command::Function(name, start..self.end()))
    }

    fn simple(&mut self) -> Option<Command> {
        let start = self.tokens.get(self.at)?.at.start;
        let mut words = Vec::new();
        while let Some(word) = self.word() {
            words.push(word.to_owned());
            self.at += 1;
        }
        // `name=( … )` and the like.
        if self.sign() == Some("(") {
            return None;
        }
        Some(Command::Simple(Simple { words, at: start..self.end() }))
    }

    fn condition(&mut self) -> Option<Command> {
        self.at += 1;
        let (mut conditions, mut branches) = (Vec::new(), Vec::new());
        loop {
            conditions.push(self.list(&["then"])?);
            if !self.takes_word("then") {
                return None;
            }
            branches.push(self.list(&["elif", "else", "fi"])?);
            if self.takes_word("elif") {
                continue;
            }
            if self.takes_word("else") {
                branches.push(self.list(&["fi"])?);
            }
            return self.takes_word("fi").then(|| self.redirected(Command::If(conditions, branches)));
        }
    }

    fn body(&mut self, condition: Option<List>) -> Option<Command> {
        if !self.takes_word("do") {
            return None;
        }
        let body = self.list(&["done"])?;
        self.takes_word("done").then(|| self.redirected(Command::Loop(condition, body)))
    }

    /// Words after a group belong to it: they send its output somewhere.
    fn redirected(&mut self, command: Command) -> Command {
        while self.word().is_some_and(|word| word.contains(['<', '>'])) {
            self.at += 1;
            // `> file` is two words.
            if self
                .tokens
                .get(self.at.wrapping_sub(1))
                .is_some_and(|token| matches!(&token.kind, TokenKind::Word(word) if word.ends_with('>')))
            {
                self.at += usize::from(self.word().is_some());
            }
        }
        command
    }

    fn passed_over(&mut self, start: usize, end: &str) -> Option<Command> {
        let mut depth = 0_usize;
        let open = self.word()?;
        loop {
            let token = self.tokens.get(self.at)?;
            self.at += 1;
            if let TokenKind::Word(word) = &token.kind {
                depth += usize::from(word == open);
                if word == end {
                    depth -= 1;
                    if depth == 0 {
                        return Some(Command::Other(start..token.at.end));
                    }
                }
            }
        }
    }

    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.at.end)
    }
}
