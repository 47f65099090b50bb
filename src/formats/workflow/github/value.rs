//! Values of a workflow: what a matrix holds and an expression comes to.

use crate::formats::tree::{self, Node};

/// A value, or that it is not known.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// A table, its keys in lower case: the host does not tell cases apart.
    Table(Vec<(String, Self)>),
    /// Whatever it is, the file does not tell.
    Unknown,
}

impl Value {
    /// A value of a document; texts that hold expressions are not known.
    pub(super) fn of(node: &Node<'_>) -> Self {
        match &node.value {
            tree::Value::Null => Self::Null,
            tree::Value::Boolean(truth) => Self::Boolean(*truth),
            tree::Value::Number(digits) => digits.parse().map_or(Self::Unknown, Self::Number),
            tree::Value::Text(text) if text.contains("${{") => Self::Unknown,
            tree::Value::Text(text) => Self::Text(text.to_string()),
            tree::Value::List(items) => Self::List(items.iter().map(Self::of).collect()),
            tree::Value::Table(entries) => {
                Self::Table(entries.iter().map(|entry| (entry.key.to_ascii_lowercase(), Self::of(&entry.node))).collect())
            }
        }
    }

    /// `fromJSON` of a text that stands in the file.
    pub(super) fn from_json(text: &str) -> Self {
        tree::read(tree::Syntax::Json, text).map_or(Self::Unknown, |node| Self::of(&node))
    }

    pub(super) fn truth_of(truth: Option<bool>) -> Self {
        truth.map_or(Self::Unknown, Self::Boolean)
    }

    /// Whether it counts as true; none where it is unknown.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => Some(false),
            Self::Boolean(truth) => Some(*truth),
            Self::Number(number) => Some(*number != 0.0),
            Self::Text(text) => Some(!text.is_empty()),
            Self::List(_) | Self::Table(_) => Some(true),
            Self::Unknown => None,
        }
    }

    /// `&&`: the first that is not true, else the last.
    pub(super) fn and(self, right: Self) -> Self {
        match (self.truth(), right.truth()) {
            (Some(false), _) => self,
            (Some(true), _) => right,
            // Not true, whichever of the two it is.
            (None, Some(false)) => Self::Boolean(false),
            (None, _) => Self::Unknown,
        }
    }

    /// `||`: the first that is true, else the last.
    pub(super) fn or(self, right: Self) -> Self {
        match (self.truth(), right.truth()) {
            (Some(true), _) => self,
            (Some(false), _) => right,
            (None, Some(true)) => Self::Boolean(true),
            (None, _) => Self::Unknown,
        }
    }

    /// `==`: texts whatever their case, values of different types as numbers.
    pub(super) fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Unknown | Self::List(_) | Self::Table(_), _) | (_, Self::Unknown | Self::List(_) | Self::Table(_)) => None,
            (Self::Text(left), Self::Text(right)) => Some(left.eq_ignore_ascii_case(right)),
            // What is no number equals nothing, itself included, and no tolerance is asked for.
            #[allow(clippy::float_cmp)]
            _ => Some(self.number() == other.number()),
        }
    }

    fn number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Boolean(truth) => f64::from(u8::from(*truth)),
            Self::Number(number) => *number,
            Self::Text(text) if text.trim().is_empty() => 0.0,
            Self::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
            Self::List(_) | Self::Table(_) | Self::Unknown => f64::NAN,
        }
    }

    /// Whether a setting that takes `true` or `false` is true; none where it is unknown.
    pub fn is_yes(&self) -> Option<bool> {
        match self {
            Self::Text(text) => Some(text.trim().eq_ignore_ascii_case("true")),
            other => other.truth(),
        }
    }

    /// The value of a key, where this is a table that has it, or is unknown.
    pub(super) fn below(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Unknown => Some(self),
            _ if key == "*" => Some(&Self::Unknown),
            Self::Table(entries) => entries.iter().find(|(own, _)| own == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A copy of what is small; the rest is taken as unknown.
    pub(super) fn leaf(&self) -> Self {
        match self {
            Self::Text(text) if text.len() > 500 => Self::Unknown,
            Self::Table(_) => Self::Unknown,
            Self::List(items) if items.len() > 50 => Self::Unknown,
            Self::List(items) => {
                Self::List(items.iter().map(|item| if let Self::List(_) = item { Self::Unknown } else { item.leaf() }).collect())
            }
            other => other.clone(),
        }
    }

    pub(super) fn get(&self, key: &str) -> Self {
        self.below(key).cloned().unwrap_or(Self::Null)
    }

    pub(super) fn contains(&self, item: &Self) -> Option<bool> {
        match self {
            Self::List(items) => {
                let found: Vec<_> = items.iter().map(|own| own.equals(item)).collect();
                if found.contains(&Some(true)) { Some(true) } else { found.iter().all(Option::is_some).then_some(false) }
            }
            _ => self.both_texts(item, |text, part| text.contains(part)),
        }
    }

    pub(super) fn both_texts(&self, other: &Self, fits: impl Fn(&str, &str) -> bool) -> Option<bool> {
        let text = |value: &Self| match value {
            Self::Text(text) => Some(text.to_ascii_lowercase()),
            Self::Null => Some(String::new()),
            _ => None,
        };
        Some(fits(&text(self)?, &text(other)?))
    }
}
