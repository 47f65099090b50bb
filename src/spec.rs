//! What a TOML table may hold: one description, from which the reader refuses what is wrong and the JSON Schema for
//! editors is generated, so that the two cannot drift apart.

/// One permitted name with its title, for choices and for the keys of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is written.
    pub name: String,
    /// What it means.
    pub title: String,
}

impl Choice {
    /// A name with its title.
    pub fn new(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self { name: name.into(), title: title.into() }
    }
}

/// Choices that depend on what is built in (provision ids, traits, codes) or on code (types, roles, kinds).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vocabulary {
    /// Product types.
    Types,
    /// Roles.
    Roles,
    /// Traits.
    Traits,
    /// Codes that types select or that an organisation opts in to, with their editions as values.
    Codes,
    /// Codes that an organisation opts in to.
    OrganisationCodes,
    /// Ids of provisions and claims.
    Provisions,
    /// Evidence kinds.
    Kinds,
    /// Probes.
    Probes,
    /// A fixed list.
    Fixed(&'static [(&'static str, &'static str)]),
}

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A string.
    Text,
    /// A calendar day, written without quotes.
    Date,
    /// `true` or `false`.
    Bool,
    /// A whole number in this range.
    Count(i64, i64),
    /// A path from the declaration's folder.
    Path,
    /// A digest.
    Pin,
    /// One of these names.
    Choice(Vocabulary),
    /// An array.
    List(&'static Shape),
    /// A value or an array of them.
    OneOrMany(&'static Shape),
    /// A table.
    Table(&'static TableSpec),
    /// A table, or several (`[x]` or `[[x]]`).
    TableOrTables(&'static TableSpec),
    /// Several tables (`[[x]]`).
    Tables(&'static TableSpec),
    /// A table whose keys are names of the writer's own.
    Named(&'static Shape),
    /// A table whose keys are the names of a vocabulary.
    Map(Vocabulary, &'static Shape),
}

/// One key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value must be.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// One sentence for editors and for the format documentation.
    pub about: &'static str,
}

impl Key {
    /// A key that must be there.
    pub const fn required(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, shape, required: true, about }
    }

    /// A key that may be left out.
    pub const fn optional(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, shape, required: false, about }
    }
}

/// A table.
#[derive(Debug)]
pub struct TableSpec {
    /// How messages call it, e.g. `[product]`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// The keys it may hold.
    pub keys: &'static [Key],
    /// Further keys that depend on the value of another (evidence keys by `kind`).
    pub keys_by: Option<fn(&str) -> &'static [Key]>,
}
