//! What a verifier is asked, and all that it may know.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use jiff::civil::Date;

use super::{Gap, Memo, Verified, effort};
use crate::clock::Today;
use crate::formats::manifest::Manifest;
use crate::formats::prose::{self, Prose};
use crate::formats::slug::Slug;
use crate::formats::tree::{self, BadDocument, Node, Syntax};
use crate::input::allowed_signers::Signer;
use crate::input::cargo::Graphs;
use crate::input::gate_files::GateFiles;
use crate::input::history::History;
use crate::input::shipped::product_files;
use crate::input::view::{OpenFile, Tracked, View};
use crate::model::attestation::{Evidence, Status};
use crate::model::declaration::Product;
use crate::model::policy::{Policy, Unit};
use crate::repo_path::RepoPath;
use crate::source::Span;

/// Everything a verifier may know.
pub struct Ask<'a> {
    /// The piece of evidence.
    pub evidence: &'a Evidence,
    /// When the attestation that cites it was reviewed.
    pub reviewed: Date,
    /// What the unit asks of it.
    pub asked: &'a Asked,
    /// The product it must be about.
    pub product: &'a ProductFacts<'a>,
    /// The date of the check.
    pub today: Today,
    /// The cited file, where the evidence has a path.
    pub file: Option<OpenFile>,
    /// Who may sign by SSH, said outside of the tree (`--allowed-signers`); none where nothing was said.
    pub signers: Option<&'a [Signer]>,
    /// The attestations files, from the git repository's root.
    pub inputs: &'a [RepoPath],
    /// Files that are no evidence for what stands in them.
    pub gate_files: &'a GateFiles,
    /// The declaration's file, from the git repository's root.
    pub declaration: &'a RepoPath,
    /// The graphs that cargo resolved, where it was asked to.
    pub graphs: &'a Graphs,
    /// What verifiers found out that holds for every piece.
    pub memo: &'a Memo,
    /// The codes that are assessed.
    pub codes: &'a [&'a Policy],
    /// What is attested of each unit, by `code/id`.
    pub attested: &'a BTreeMap<&'a str, Status>,
    /// The tree that it stands in.
    pub view: &'a View<'a>,
    /// The product's names as they are compared.
    pub(super) plain_names: OnceCell<BTreeSet<String>>,
}

/// What a unit asks of its evidence beyond the kind: a piece may be enough for one unit and not for another.
///
/// Verdicts are kept by it, so that whatever a verifier reads of the unit must stand here.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// The notice of the end of support, in calendar months.
    pub notice_months: Option<i32>,
    /// The items of extra information that its test asks for.
    pub ixit: Vec<String>,
    /// The provisions of another code that a table must answer with yes, since the unit rests on them.
    pub relied: Vec<String>,
    /// The particular of a certificate that the unit is about.
    pub particular: Option<Particular>,
}

/// A particular of a certificate that one unit asks for, and that is no fault where another rests on the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Particular {
    /// The version of the requirements.
    Version,
    /// The basic certificate under a Plus one.
    Basic,
    /// The scope.
    Scope,
    /// The copy.
    Copy,
}

impl Particular {
    fn of(unit: &Unit) -> Option<Self> {
        match unit.id.strip_prefix("cyber-essentials/").unwrap_or(&unit.id) {
            "cert-05" => Some(Self::Version),
            "cert-06" => Some(Self::Basic),
            "cert-07" => Some(Self::Scope),
            "cert-09" => Some(Self::Copy),
            _ => None,
        }
    }
}

impl Asked {
    /// What the unit asks of these pieces; what none of them could answer is left out.
    pub fn of(unit: &Unit, evidence: &[Evidence]) -> Self {
        let cites_ixit = evidence.iter().any(|piece| piece.kind.value.name == "ixit");
        let items = unit.ixit_items().filter(|_| cites_ixit).map(str::to_owned);
        let table = |piece: &Evidence| piece.kind.value.name == "conformance-table";
        let rests = evidence.iter().any(table) && unit.evidenced_by.iter().any(|kind| kind.name == "conformance-table");
        let other = |id: &&String| id.starts_with("consumer-iot/") && !unit.id.starts_with("consumer-iot/");
        let relied = unit.related.iter().filter(|_| rests).filter(other).cloned();
        let recorded = evidence.iter().any(|piece| piece.kind.value.name == "certificate");
        let particular = Particular::of(unit).filter(|_| recorded);
        Self { notice_months: unit.notice_months, ixit: items.collect(), relied: relied.collect(), particular }
    }
}

/// The product as evidence knows it.
pub struct ProductFacts<'a> {
    /// As declared.
    pub product: &'a Product,
    /// The name in its manifest.
    pub manifest_name: Option<String>,
    /// The version in its manifest.
    pub version: Option<String>,
    /// What it is and where, by its manifest and by the remotes of its repository.
    pub slugs: Vec<Slug>,
}

impl<'a> ProductFacts<'a> {
    /// A product by what its manifest says and where its repository is said to be.
    pub fn of(product: &'a Product, manifest: Manifest, remotes: &[String]) -> Self {
        let remotes = remotes.iter().filter_map(|remote| Slug::of_address(remote));
        let mut slugs: Vec<Slug> = manifest.slugs.into_iter().chain(remotes).collect();
        slugs.sort();
        slugs.dedup();
        Self { product, manifest_name: manifest.name, version: manifest.version, slugs }
    }

    /// What an artefact may call this product: its name, its manifest's, and what the entry adds.
    pub(super) fn names<'n>(&'n self, evidence: &'n Evidence) -> impl Iterator<Item = &'n str> {
        let own = std::iter::once(self.product.name.value.as_str()).chain(self.manifest_name.as_deref());
        own.chain(evidence.names.iter().map(|name| name.value.as_str()))
    }
}

impl Ask<'_> {
    /// The cited file; a doubt where there is none, which only a kind without a path can meet.
    pub(super) fn cited(&self) -> Result<&OpenFile, Verified> {
        self.file.as_ref().ok_or_else(|| Verified::doubt("no file was read", "name it with `path`"))
    }

    /// The cited file's text.
    pub(super) fn text(&self) -> Result<&str, Verified> {
        let file = self.cited()?;
        let text = file.text();
        text.ok_or_else(|| Verified::gap(Gap::failed("not-text", format!("{} is not UTF-8 text", file.path), "save it as text in UTF-8")))
    }

    /// What the cited file says as evidence of its kind, read once for all pieces that cite it as that.
    pub(super) fn reading<T: Clone + 'static>(&self, read: impl FnOnce(&str) -> T) -> Result<T, Verified> {
        self.reading_as(self.evidence.kind.value.name, read)
    }

    /// The same where kinds share a form, such as a syntax.
    pub(super) fn reading_as<T: Clone + 'static>(&self, form: &'static str, read: impl FnOnce(&str) -> T) -> Result<T, Verified> {
        let (file, text) = (self.cited()?, self.text()?);
        self.memo.readings.of(file, form, || read(text)).map_err(|spent| spent.doubt(&file.path))
    }

    /// Counts the cited file as read, for what cannot be kept.
    pub(super) fn read_anew(&self) -> Result<(), Verified> {
        let file = self.cited()?;
        self.memo.readings.spend(file.bytes.len()).map_err(|spent| spent.doubt(&file.path))
    }

    /// What a cited file of the kind's format says.
    pub(super) fn content<T: 'static>(&self, read: impl FnOnce(&str) -> Result<T, BadDocument>) -> Result<Rc<T>, Verified> {
        self.reading(|text| read(text).map(Rc::new))?.map_err(|bad| self.malformed(&bad))
    }

    /// The cited file as a document of JSON, YAML or TOML.
    pub(super) fn tree(&self, syntax: Syntax) -> Result<Rc<Node<'static>>, Verified> {
        let read = |text: &str| tree::read(syntax, text).map(|root| Rc::new(root.into_owned()));
        self.reading_as(syntax.name(), read)?.map_err(|bad| self.malformed(&bad))
    }

    /// The cited file as a prose document; `text` is the whole of it.
    pub(super) fn prose<'t>(&self, file: &OpenFile, text: &'t str) -> Result<Prose<'t>, Verified> {
        let outline = self.memo.readings.of(file, "prose", || prose::read(&file.path, text).outline());
        outline.map(|outline| Prose::with(text, outline)).map_err(|spent| spent.doubt(&file.path))
    }

    /// The gap of a file that is not of its format.
    pub(super) fn malformed(&self, bad: &BadDocument) -> Verified {
        let path = self.file.as_ref().map(|file| file.path.to_string()).unwrap_or_default();
        let gap = Gap::failed("malformed", format!("{path}: {}", bad.message), "let the tool that writes it write it anew");
        Verified::gap(Gap { at: bad.at.clone().and_then(|range| self.range(range)), ..gap })
    }

    /// The gap that one place of the cited file shows.
    pub(super) fn gap_at(&self, range: Range<usize>, fault: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Gap {
        Gap { at: self.range(range), ..Gap::failed(fault, message, remedy) }
    }

    /// Whether an artefact that names this means the product; neither case matters nor whether words are parted by blanks, hyphens or
    /// underscores, since a repository or a package cannot have blanks in its name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let plain = |text: &str| text.trim().to_ascii_lowercase().replace([' ', '_'], "-");
        let known = self.plain_names.get_or_init(|| self.product.names(self.evidence).map(plain).collect());
        known.contains(&plain(name))
    }

    /// Whether this is the product's own repository or package: by its manifest, by a remote, or by `names` of the entry.
    pub(super) fn is_home(&self, slug: &Slug) -> bool {
        let named = || self.evidence.names.iter().filter_map(|name| Slug::of_address(&name.value));
        self.product.slugs.iter().any(|own| own.is(slug)) || named().any(|own| own.is(slug))
    }

    /// The product's repository at the place where this is another one; none where it is this one, or ours there is not known.
    pub(super) fn home_beside(&self, slug: &Slug) -> Option<&Slug> {
        let beside = self.product.slugs.iter().find(|own| own.is_beside(slug));
        beside.filter(|_| !self.is_home(slug))
    }

    /// What is somebody else's, and ours at the same place: where this product is at home there, and none of these is of its owner.
    pub(super) fn stranger<'s>(&'s self, slugs: &'s [Slug]) -> Option<(&'s Slug, &'s Slug)> {
        let owns = |slug: &&Slug| self.product.slugs.iter().any(|own| own.is_sibling(slug)) || self.is_home(slug);
        if slugs.iter().any(|slug| owns(&slug)) {
            return None;
        }
        slugs.iter().find_map(|slug| Some((slug, self.product.slugs.iter().find(|own| own.is_beside(slug))?)))
    }

    /// Whether a text has one of the product's names in it, as words of their own; case does not matter.
    pub(super) fn speaks_of(&self, text: &str) -> bool {
        let words = |text: &str| {
            let plain: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
            format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
        };
        let text = words(text);
        self.product.names(self.evidence).map(words).any(|name| !name.trim().is_empty() && text.contains(&name))
    }

    /// What the declaration answers to a trait's question.
    pub(super) fn answers_yes(&self, question: &str) -> bool {
        self.product.product.traits.get(question).is_some_and(|answer| answer.value)
    }

    /// The names that the product goes by here, for messages.
    pub(super) fn names(&self) -> String {
        let mut names: Vec<&str> = self.product.names(self.evidence).collect();
        names.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        names.join(", ")
    }

    /// Whether this is the product's version; none where the product's version is not known (no `version-from`).
    pub(super) fn is_version(&self, version: &str) -> Option<bool> {
        let plain = |text: &str| text.trim().trim_start_matches(['v', 'V']).to_owned();
        self.product.version.as_deref().map(|own| plain(own) == plain(version))
    }

    /// The tracked files of the product: those below its `paths`.
    pub(super) fn product_files(&self) -> impl Iterator<Item = &Tracked> {
        let folders = self.product.product.paths.len().max(1);
        self.memo.effort.take(self.view.all_tracked().len().saturating_mul(folders));
        product_files(self.view, self.product.product)
    }

    /// Every tracked file of the repository.
    pub(super) fn all_tracked(&self) -> &[Tracked] {
        let all = self.view.all_tracked();
        self.memo.effort.take(all.len());
        all
    }

    /// The commits behind the tree, to be walked through once.
    pub(super) fn history(&self) -> History<'_> {
        self.memo.effort.take(effort::HISTORY);
        self.view.history()
    }

    /// A line (1-based) of the cited file.
    pub(super) fn line(&self, line: usize) -> Option<Span> {
        self.view.line(self.file.as_ref()?, line)
    }

    /// A byte range of the cited file.
    pub(super) fn range(&self, range: std::ops::Range<usize>) -> Option<Span> {
        self.view.range(self.file.as_ref()?, range)
    }

    /// How old the evidence may be, in days: the kind's freshness or the entry's, whichever is less.
    pub(super) fn fresh_days(&self) -> Option<i32> {
        let own = self.evidence.max_age_days.as_ref().and_then(|days| i32::try_from(days.value).ok());
        [self.evidence.kind.value.fresh_days, own].into_iter().flatten().min()
    }

    /// The gap of evidence that is older than it may be, or dated in the future.
    pub(super) fn too_old(&self, dated: Date, what: &str) -> Option<Gap> {
        let age = self.today.days_since(dated);
        if age < 0 {
            let message = format!("{what} is dated {dated}, which is in the future");
            return Some(Gap::stale("future", message, "date it on the day it was done"));
        }
        let limit = self.fresh_days()?;
        (age > limit).then(|| {
            let message = format!("{what} is dated {dated}: {age} days old, where {limit} are allowed");
            Gap::stale("old", message, "review it again, then renew the date")
        })
    }

    /// The gap of a review that is longer ago than the evidence allows. That a review lies in the future is said once, of
    /// the attestation.
    pub(super) fn review_too_old(&self, what: &str) -> Option<Gap> {
        if self.today.days_since(self.reviewed) < 0 { None } else { self.too_old(self.reviewed, what) }
    }
}
