//! Tags and commits with the signatures in them, as git stores them (gitformat-signature(5)).

use git2::{ErrorClass, ObjectType, Oid};
use jiff::Timestamp;

use super::history::{History, Unknown};
use crate::limits;

/// How the signatures in git objects begin.
const MARKS: &[&[u8]] = &[
    b"-----BEGIN SSH SIGNATURE-----",
    b"-----BEGIN PGP SIGNATURE-----",
    b"-----BEGIN PGP MESSAGE-----",
    b"-----BEGIN SIGNED MESSAGE-----",
];

/// What a commit or an annotated tag holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// When it was made, by its own word.
    pub at: Timestamp,
    /// The signature, if there is one.
    pub signature: Option<Vec<u8>>,
    /// What is signed: the object without its signature.
    pub payload: Vec<u8>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name without `refs/tags/`.
    pub name: String,
    id: Oid,
}

/// What a tag leads to, beside the commit under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// A commit that has a history in common with the one under test: one before it, or on another branch of it.
    Here,
    /// A commit that has none.
    Strange,
    /// No commit: a tree or a blob.
    Object(&'static str),
}

/// A commit on the way back from the one under test, by first parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// When it was committed, by its own word.
    pub at: Timestamp,
    oid: Oid,
}

impl<'a> History<'a> {
    /// The tags of this clone, in order of name; one whose name is not UTF-8 is left out.
    ///
    /// # Errors
    /// Where they are too many or cannot be read.
    pub fn tags(&self) -> Result<Vec<Tag>, Unknown> {
        let mut tags = Vec::new();
        for reference in self.repository.references_glob("refs/tags/*")? {
            let reference = reference?;
            let Some((name, id)) = reference.name().ok().and_then(|name| name.strip_prefix("refs/tags/")).zip(reference.target()) else {
                continue;
            };
            if tags.len() == limits::TAGS {
                return Err(Unknown::Unreadable(format!("there are more than {} tags, the most that are read", limits::TAGS)));
            }
            tags.push(Tag { name: name.to_owned(), id });
        }
        tags.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tags)
    }

    /// The tag object; none for a lightweight tag, which is only a name.
    ///
    /// # Errors
    /// Where the object is missing, too large or malformed.
    pub fn tag_object(&self, tag: &Tag) -> Result<Option<Signed>, Unknown> {
        let (kind, bytes) = self.object(tag.id)?;
        if kind != ObjectType::Tag {
            return Ok(None);
        }
        let at = written(&bytes, b"tagger ").ok_or_else(|| malformed(tag.id))?;
        // As git does, the last line that begins a signature counts.
        let starts = line_starts(&bytes).filter(|start| bytes.get(*start..).is_some_and(begins_signature));
        let (payload, signature) = bytes.split_at_checked(starts.last().unwrap_or(bytes.len())).unwrap_or((&bytes, &[]));
        let signature = (!signature.is_empty()).then(|| signature.to_vec());
        Ok(Some(Signed { at, signature, payload: payload.to_vec() }))
    }

    /// The name that the tag object itself gives, which its signature covers; the reference beside it can be renamed by anyone.
    ///
    /// # Errors
    /// Where the object cannot be read.
    pub fn own_name(&self, tag: &Tag) -> Result<Option<String>, Unknown> {
        let (_, bytes) = self.object(tag.id)?;
        let line = header_lines(&bytes).find_map(|line| line.strip_prefix(b"tag "));
        Ok(line.map(|name| String::from_utf8_lossy(name).into_owned()))
    }

    /// The full id of the commit that a tag leads to; none where it leads to no commit.
    pub fn tagged(&self, tag: &Tag) -> Option<String> {
        Some(self.repository.find_object(tag.id, None).ok()?.peel_to_commit().ok()?.id().to_string())
    }

    /// When the commit that a tag leads to was committed, by its own word; none where it leads to no commit.
    pub fn tagged_at(&self, tag: &Tag) -> Option<Timestamp> {
        let commit = self.repository.find_object(tag.id, None).ok()?.peel_to_commit().ok()?;
        Timestamp::from_second(commit.time().seconds()).ok()
    }

    /// What a tag leads to.
    ///
    /// # Errors
    /// Where that cannot be told: the commit is not here, or what it has in common may be among what was cut off.
    pub fn lead(&self, tag: &Tag) -> Result<Lead, Unknown> {
        let head = self.head.ok_or(Unknown::Unborn)?;
        let missing = |error: git2::Error| if self.is_shallow() { Unknown::Shallow } else { error.into() };
        let mut object = self.repository.find_object(tag.id, None).map_err(missing)?;
        for _ in 0..limits::TAG_DEPTH {
            let Some(nested) = object.as_tag() else { break };
            object = nested.target().map_err(missing)?;
        }
        match object.kind() {
            Some(ObjectType::Commit) => {}
            Some(other @ (ObjectType::Tree | ObjectType::Blob)) => return Ok(Lead::Object(other.str())),
            _ => return Err(Unknown::Unreadable(format!("the tag {} leads to tags of tags", tag.name))),
        }
        match self.repository.merge_base(head, object.id()) {
            Ok(_) => Ok(Lead::Here),
            // What is missing is not found either, and of another class.
            Err(error) if error.class() != ErrorClass::Merge => Err(missing(error)),
            Err(_) if self.is_shallow() => Err(Unknown::Shallow),
            Err(_) => Ok(Lead::Strange),
        }
    }

    /// A commit's signature.
    ///
    /// # Errors
    /// Where the object is missing, too large or malformed.
    pub fn commit_object(&self, step: &Step) -> Result<Signed, Unknown> {
        let (_, bytes) = self.object(step.oid)?;
        let mut payload = Vec::with_capacity(bytes.len());
        let mut signature: Option<Vec<u8>> = None;
        let (mut in_header, mut in_signature) = (true, false);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            in_header &= line != b"\n";
            in_signature = in_header && (line.starts_with(b"gpgsig ") || in_signature && line.starts_with(b" "));
            match in_signature {
                false => payload.extend(line),
                true => {
                    let text = line.strip_prefix(b"gpgsig ").or_else(|| line.strip_prefix(b" ")).unwrap_or(line);
                    signature.get_or_insert_default().extend(text);
                }
            }
        }
        Ok(Signed { at: step.at, signature, payload })
    }

    /// The commits from the one under test back by first parents, until one satisfies `is_end` or there are no more; and
    /// whether one did.
    ///
    /// # Errors
    /// Where the history is cut off before that, too long or unreadable.
    pub fn first_parents(&self, is_end: impl Fn(&Step) -> bool) -> Result<(Vec<Step>, bool), Unknown> {
        let mut here = self.repository.find_commit(self.head.ok_or(Unknown::Unborn)?)?;
        let mut steps = Vec::new();
        loop {
            let at = Timestamp::from_second(here.time().seconds()).map_err(|error| Unknown::Unreadable(error.to_string()))?;
            let step = Step { id: here.id().to_string(), at, oid: here.id() };
            if is_end(&step) {
                return Ok((steps, true));
            }
            if steps.len() == limits::HISTORY_COMMITS {
                return Err(Unknown::TooLong);
            }
            steps.push(step);
            if here.parent_count() == 0 {
                return if self.is_shallow() { Err(Unknown::Shallow) } else { Ok((steps, false)) };
            }
            here = here.parent(0).map_err(|error| if self.is_shallow() { Unknown::Shallow } else { error.into() })?;
        }
    }

    /// The full id of the commit that a revision (an id, or the name of a tag) leads to; none where there is none.
    pub fn commit_named(&self, name: &str) -> Option<String> {
        let plain =
            name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '+' | '@')) && !name.contains("@{");
        let found = plain.then(|| self.repository.revparse_single(name).ok()).flatten()?;
        Some(found.peel_to_commit().ok()?.id().to_string())
    }

    fn object(&self, id: Oid) -> Result<(ObjectType, Vec<u8>), Unknown> {
        let database = self.repository.odb()?;
        let (size, kind) = database.read_header(id)?;
        match kind {
            ObjectType::Commit | ObjectType::Tag if size > limits::SIGNED_OBJECT_BYTES => {
                Err(Unknown::Unreadable(format!("the object {id} is larger than {} bytes", limits::SIGNED_OBJECT_BYTES)))
            }
            ObjectType::Commit | ObjectType::Tag => Ok((kind, database.read(id)?.data().to_vec())),
            other => Ok((other, Vec::new())),
        }
    }
}

fn malformed(id: Oid) -> Unknown {
    Unknown::Unreadable(format!("the tag object {id} is malformed"))
}

fn begins_signature(rest: &[u8]) -> bool {
    MARKS.iter().any(|mark| rest.starts_with(mark))
}

fn line_starts(bytes: &[u8]) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1))
}

fn header_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty())
}

/// The moment in a line such as `tagger Name <address> 1795374230 +0000`.
fn written(bytes: &[u8], field: &[u8]) -> Option<Timestamp> {
    let line = header_lines(bytes).find_map(|line| line.strip_prefix(field))?;
    let text = String::from_utf8_lossy(line);
    let seconds = text.rsplit(' ').nth(1)?.parse().ok()?;
    Timestamp::from_second(seconds).ok()
}
