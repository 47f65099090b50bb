//! Opens what the table names.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use super::quiet::is_quiet;
use super::table::{self, Needs, Opened, Part, Signal};
use super::uses::Needed;
use super::walk::{Fit, Walked};
use super::{Sign, Strength, content, direct, uses};
use crate::formats::lockfile;
use crate::input::snapshot::Refusal;
use crate::input::view::{OpenFile, Tracked, View};
use crate::limits;
use crate::model::declaration::{ProductType, Role};
use crate::repo_path::RepoPath;
use crate::source::Span;
use crate::text::one_line;

/// A sign, and what it does for its type.
pub(super) struct Raw {
    pub(super) kind: ProductType,
    pub(super) part: Part,
    pub(super) role: Option<Role>,
    /// Two of different families ask together.
    pub(super) counts: bool,
    pub(super) sign: Sign,
}

/// What was found before it is weighed.
#[derive(Default)]
pub(super) struct Found {
    pub(super) raw: Vec<Raw>,
    /// The first manifest that was read.
    pub(super) manifest: Option<(RepoPath, Span)>,
    /// Where packages of others are locked or needed: the path, the place and the reason.
    pub(super) packages: Option<(RepoPath, Span, String)>,
}

pub(super) struct Finder<'a> {
    pub(super) view: &'a View<'a>,
    folders: &'a [RepoPath],
    left: Cell<usize>,
    seen: BTreeMap<(&'static str, Strength), usize>,
    found: Found,
    needed: Vec<Needed>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(view: &'a View<'a>, folders: &'a [RepoPath]) -> Self {
        let left = Cell::new(limits::DETECTED_BYTES);
        Self { view, folders, left, seen: BTreeMap::new(), found: Found::default(), needed: Vec::new() }
    }

    /// The tracked regular files that count.
    fn shipped(&self, tracked: &Tracked) -> bool {
        tracked.regular && self.folders.iter().any(|folder| tracked.path.is_under(folder) && !is_quiet(&tracked.path, folder))
    }

    pub(super) fn find(mut self, walked: &Walked<'_>) -> Found {
        let view = self.view;
        for fit in &walked.fits {
            let locks = self.found.packages.is_none() && fit.locks;
            if (fit.signals.is_empty() && fit.ecosystem.is_none() && !locks) || !self.shipped(fit.tracked) {
                continue;
            }
            self.look(fit, locks);
        }
        uses::confirm(&mut self.found.raw, &self.needed, view, self.folders, &self.left);
        let device = |raw: &Raw, part| raw.kind == ProductType::ConsumerIot && raw.part == part;
        let shows = self.found.raw.iter().any(|raw| device(raw, Part::Shows) && raw.sign.strength > Strength::Weak);
        if shows && !self.found.raw.iter().any(|raw| device(raw, Part::Confirms)) {
            let radio = uses::radio(view, self.folders, &self.left);
            self.found.raw.extend(radio);
        }
        self.found
    }

    fn read(&self, path: &RepoPath, limit: usize) -> Result<OpenFile, Refusal> {
        let read = self.view.read(path, limit.min(self.left.get()))?;
        self.left.set(self.left.get().saturating_sub(read.bytes.len()));
        Ok(read)
    }

    fn look(&mut self, here: &Fit<'_>, locks: bool) {
        let rows: Vec<&'static Signal> = here.signals.iter().copied().filter(|row| self.is_wanted(row)).collect();
        let ecosystem = here.ecosystem;
        if rows.is_empty() && ecosystem.is_none() && !locks {
            return;
        }
        let path = &here.tracked.path;
        if rows.iter().all(|row| matches!(row.needs, Needs::Path)) && ecosystem.is_none() && !locks {
            let at = self.view.beginning(path);
            rows.iter().for_each(|row| self.add(row, path, at, None));
            return;
        }
        let binary = rows.iter().any(|row| matches!(row.needs, Needs::Bytes(_)));
        let file = match self.read(path, if binary { limits::DETECTED_MODEL_BYTES } else { limits::DETECTED_FILE_BYTES }) {
            Ok(file) => file,
            Err(Refusal::LfsPointer | Refusal::TooLarge(_)) if binary => {
                let at = self.view.beginning(path);
                let named = rows.iter().filter(|row| matches!(row.needs, Needs::Bytes(_)) && is_plain(&here.lower));
                named.for_each(|row| self.add(row, path, at, Some("by its name; its contents are not read")));
                return;
            }
            Err(_) => return,
        };
        self.judge(&file, &here.lower, &rows);
        let Some(text) = file.text() else { return };
        if let Some(ecosystem) = ecosystem {
            self.manifest(&file, &here.lower, ecosystem, text);
        }
        if locks {
            self.locks(&file, text);
        }
    }

    /// One family counts once; a few of its places are kept, so that each product of a repository sees its own.
    fn is_wanted(&self, row: &Signal) -> bool {
        self.seen.get(&(row.family, row.strength)).is_none_or(|count| *count < limits::SIGNS_PER_FAMILY)
    }

    fn judge(&mut self, file: &OpenFile, lower: &str, rows: &[&'static Signal]) {
        let view = self.view;
        let folder = file.path.parent().unwrap_or_default();
        let has = |below: &str| below.parse::<RepoPath>().is_ok_and(|below| tracks(view, &folder.join(&below)));
        for row in rows {
            let range = match (row.needs, file.text()) {
                (Needs::Path, _) => Some(0..0),
                (Needs::Bytes(look), _) => look(&file.bytes).then_some(0..0),
                (Needs::Words(all), Some(text)) => content::words(text, all),
                (Needs::OneOf(any), Some(text)) => content::one_of(text, any),
                (Needs::Text(look), Some(text)) => look(&Opened { path: lower, text, has: &has }),
                (_, None) => None,
            };
            let Some(range) = range else { continue };
            let at = self.view.range(file, range).unwrap_or_else(|| self.view.beginning(&file.path));
            self.add(row, &file.path, at, None);
        }
    }

    fn add(&mut self, row: &'static Signal, path: &RepoPath, at: Span, note: Option<&str>) {
        *self.seen.entry((row.family, row.strength)).or_default() += 1;
        let reason = match note {
            Some(note) => format!("{} ({note})", row.reason),
            None => row.reason.to_owned(),
        };
        let sign = Sign { family: row.family, path: path.clone(), at, strength: row.strength, reason };
        self.found.raw.push(Raw { kind: row.kind, part: row.part, role: row.role, counts: true, sign });
    }

    fn manifest(&mut self, file: &OpenFile, lower: &str, ecosystem: table::Ecosystem, text: &str) {
        let needs = direct::needs(lower, file.path.file_name(), ecosystem, text);
        let Some(at) = self.view.range(file, 0..0) else { return };
        self.found.manifest.get_or_insert_with(|| (file.path.clone(), at));
        let shipped = needs.iter().find(|need| !need.development);
        if self.found.packages.is_none()
            && !matches!(ecosystem, table::Ecosystem::Cpp)
            && let Some((need, at)) = shipped.and_then(|need| Some((need, self.view.range(file, need.at.clone())?)))
        {
            let reason = format!("needs {} of others", one_line(&need.name, limits::QUOTED_CHARS));
            self.found.packages = Some((file.path.clone(), at, reason));
        }
        for need in needs {
            let Some((row, import)) = packages(ecosystem, &need.name) else { continue };
            let Some(at) = self.view.range(file, need.at.clone()) else { continue };
            if self.needed.len() < limits::SIGHTINGS {
                self.needed.push(Needed { row, import, need, path: file.path.clone(), at });
            }
        }
    }

    fn locks(&mut self, file: &OpenFile, text: &str) {
        let Some(Ok(read)) = lockfile::read(file.path.file_name(), text, |_| None) else { return };
        let first = read.packages.iter().find(|package| package.origin != lockfile::Origin::Local);
        let Some((first, at)) = first.and_then(|first| Some((first, self.view.range(file, first.at.clone())?))) else { return };
        let count = read.packages.iter().filter(|package| package.origin != lockfile::Origin::Local).count();
        let reason = format!("locks {count} packages of others, the first being {}", one_line(&first.full_name(), limits::QUOTED_CHARS));
        self.found.packages = Some((file.path.clone(), at, reason));
    }
}

/// Whether a suffix alone says what a file is.
fn is_plain(lower: &str) -> bool {
    [".gguf", ".safetensors", ".onnx", ".tflite", ".mlmodel", ".pth", ".keras"].iter().any(|end| lower.ends_with(end))
}

/// Whether anything is tracked at or under a path.
fn tracks(view: &View<'_>, path: &RepoPath) -> bool {
    let all = view.all_tracked();
    let start = all.partition_point(|found| found.path < *path);
    let below = format!("{path}/");
    all.get(start..)
        .into_iter()
        .flatten()
        .take_while(|found| found.path.as_str().starts_with(path.as_str()))
        .take(1_000)
        .any(|found| found.path == *path || found.path.as_str().starts_with(&below))
}

type Named = HashMap<(table::Ecosystem, &'static str), (&'static table::Packages, &'static str)>;

/// The row of a package, and what sources call it.
fn packages(ecosystem: table::Ecosystem, name: &str) -> Option<(&'static table::Packages, String)> {
    static NAMED: std::sync::OnceLock<Named> = std::sync::OnceLock::new();
    let named = NAMED.get_or_init(|| {
        let rows = table::AI_PACKAGES.iter().flat_map(|row| row.names.iter().map(move |name| (row, *name)));
        rows.map(|(row, name)| {
            let (name, import) = name.split_once(' ').unwrap_or((name, name));
            ((row.ecosystem, name), (row, import))
        })
        .collect()
    });
    let get = |name: &str| named.get(&(ecosystem, name)).map(|(row, import)| (*row, (*import).to_owned()));
    match ecosystem {
        table::Ecosystem::Go => {
            let mut path = name;
            loop {
                if let Some(found) = get(path) {
                    return Some(found);
                }
                path = path.rsplit_once('/')?.0;
            }
        }
        table::Ecosystem::Jvm => {
            if let Some(found) = get(name) {
                return Some(found);
            }
            let mut group = name.split(':').next()?;
            loop {
                if let Some(found) = get(group) {
                    return Some(found);
                }
                group = group.rsplit_once('.')?.0;
            }
        }
        table::Ecosystem::Npm => get(name).or_else(|| {
            let scope = name.strip_prefix('@')?.split('/').next()?;
            get(&format!("@{scope}/*")).map(|(row, _)| (row, format!("@{scope}/")))
        }),
        _ => get(name),
    }
}
