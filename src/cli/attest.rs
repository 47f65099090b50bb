//! `portcullis attest`: adds or renews attestations and waivers in place, then shows what that comes to.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use jiff::civil::Date;

use super::day::day;
use super::terminal;
use crate::app::{self, Request};
use crate::attest::{Bench, Draft, Edit, Piece, Replaced, Waived, Wanted, Wish, apply, replace_file};
use crate::clock::Today;
use crate::error::Error;
use crate::input::catalogue::Catalogue;
use crate::input::snapshot::At;
use crate::limits;
use crate::model::attestation::{Attestation, Status};
use crate::model::outcome::OutcomeName;
use crate::report::{Report, UnitReport};
use crate::source::SourceMap;
use crate::text::{one_line, visible};

/// Add or renew attestations and waivers in place.
///
/// Everything else in the file keeps every byte: comments, order, formatting. The review date becomes today, what people read at a
/// review is pinned, and the outcome that results is shown. Exit codes: 0 written, 2 not.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The provisions or claims, e.g. `software-security/1.2`; several become one attestation where none of them has one yet
    #[arg(required_unless_present = "renew")]
    provision: Vec<String>,
    /// What is said of them
    #[arg(long, value_parser = PossibleValuesParser::new(Status::ALL.iter().map(|status| status.name())))]
    status: Option<String>,
    /// Why: what is done, in a sentence or two; for not-applicable, the reason
    #[arg(long, value_name = "TEXT")]
    statement: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// What backs it: KIND:PATH, then ?KEY=VALUE&… and #SECTION… of the kind's own; may be given any number of times
    #[arg(long, value_name = "KIND:TARGET")]
    evidence: Vec<Piece>,
    /// Write no pins for what is newly cited
    #[arg(long)]
    no_pin: bool,
    /// Walk what is stale or expires soon (or the named provisions): show what moved since the last review, and ask for it again
    #[arg(long, conflicts_with_all = ["status", "statement", "owner", "evidence", "no_pin", "waive"])]
    renew: bool,
    /// With --renew: do not ask
    #[arg(long, requires = "renew")]
    yes: bool,
    /// Record a waiver: an accepted gap
    #[arg(long, requires_all = ["reason", "approved_by", "expires"], conflicts_with_all = ["status", "statement", "owner", "evidence", "no_pin"])]
    waive: bool,
    /// With --waive: why the gap is accepted
    #[arg(long, value_name = "TEXT", requires = "waive")]
    reason: Option<String>,
    /// With --waive: who accepted it
    #[arg(long, value_name = "WHO", requires = "waive")]
    approved_by: Option<String>,
    /// With --waive: the last day it holds
    #[arg(long, value_name = "DATE", value_parser = day, requires = "waive")]
    expires: Option<Date>,
    /// A folder in the repository; the nearest declaration at or above it says which file is edited
    #[arg(long, short = 'C', default_value = ".", value_name = "FOLDER")]
    repository: PathBuf,
    /// Also put an organisation's overlay in force, beside those that the declaration names; may be given several times
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// The product of this name
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// The day of the review (UTC); by default the machine's
    #[arg(long, value_name = "DATE", value_parser = day)]
    today: Option<Date>,
    /// Print the file as it would become, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Why nothing was written.
enum Stop {
    Error(Error),
    Said(String, Option<String>),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

fn said(message: impl Into<String>) -> Stop {
    Stop::Said(message.into(), None)
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    match attest(arguments, &catalogue, &sources) {
        Ok(text) => terminal::print(&text),
        Err(Stop::Error(error)) => {
            terminal::complain_all(&error.faults(), &sources);
            2
        }
        Err(Stop::Said(message, help)) => {
            terminal::complain(&message, help.as_deref());
            2
        }
    }
}

fn attest(arguments: &Arguments, catalogue: &Catalogue, sources: &SourceMap) -> Result<String, Stop> {
    let today = arguments.today.map_or_else(Today::from_system, Today);
    let wanted = Wanted { path: &arguments.repository, product: arguments.product.as_deref(), overlays: &arguments.overlays };
    let bench = Bench::open(&wanted, &arguments.provision, catalogue, sources)?;
    let catalogue = bench.catalogue;
    let draft = Draft { content: &bench.book.content, catalogue, today: today.0, pin: &|path, like| bench.pin(path, like) };
    let (edits, names, told) = match (arguments.renew, arguments.waive) {
        (true, _) => renewals(arguments, &bench, &draft, today)?,
        (_, true) => waiver(arguments, &draft, today)?,
        _ => attestation(arguments, &draft)?,
    };
    if edits.is_empty() {
        return Ok(told);
    }
    let old = bench.book.file.as_ref().map(|file| file.text.as_str());
    let new = apply(old.unwrap_or("version = 1\n"), &edits).map_err(|why| {
        Stop::Said(format!("{}: {why}", bench.book.path), Some("edit it by hand, or write its tables with [[…]] headers".into()))
    })?;
    if arguments.dry_run {
        return Ok(visible_lines(&new));
    }
    write(&bench, old, &new)?;
    Ok(format!("{told}{}", results(arguments, &names, &draft, today)))
}

/// What is to be done, of which provisions, and what to tell of it.
type Plan = (Vec<Edit>, Vec<String>, String);

fn attestation(arguments: &Arguments, draft: &Draft<'_>) -> Result<Plan, Stop> {
    let wish = Wish {
        provisions: arguments.provision.clone(),
        status: arguments.status.as_deref().and_then(Status::from_name),
        statement: arguments.statement.clone(),
        owner: arguments.owner.clone(),
        evidence: arguments.evidence.clone(),
        unpinned: arguments.no_pin,
    };
    let edits = draft.attest(&wish).map_err(said)?;
    let mut told = String::new();
    for edit in &edits {
        if let Edit::Set { target: crate::attest::Target::Attestation(at), key: "reviewed", .. } = edit
            && let Some(entry) = draft.content.attestations.get(*at)
        {
            told.push_str(&changes(draft, entry));
        }
    }
    Ok((edits, arguments.provision.clone(), told))
}

fn waiver(arguments: &Arguments, draft: &Draft<'_>, today: Today) -> Result<Plan, Stop> {
    let (Some(reason), Some(approved_by), Some(expires)) = (&arguments.reason, &arguments.approved_by, arguments.expires) else {
        return Err(said("--waive needs --reason, --approved-by and --expires"));
    };
    let waived = Waived { provisions: arguments.provision.clone(), reason: reason.clone(), approved_by: approved_by.clone(), expires };
    let edits = draft.waive(&waived).map_err(said)?;
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    let report = app::check(&request(arguments, today), &catalogue, &sources);
    if report.errors.is_empty() {
        for name in &arguments.provision {
            refuse_needless(name, &draft.catalogue.resolve(name).unwrap_or_default(), &report)?;
        }
    }
    Ok((edits, arguments.provision.clone(), String::new()))
}

/// Refuses a waiver where there is no gap to accept.
fn refuse_needless(name: &str, units: &[String], report: &Report<'_>) -> Result<(), Stop> {
    let judged = report.products.iter().flat_map(|product| &product.assessments).filter(|unit| units.contains(&unit.unit.id));
    let outcomes: Vec<OutcomeName> = judged.map(|unit| unit.outcome).collect();
    if outcomes.iter().any(|outcome| !matches!(outcome, OutcomeName::Met | OutcomeName::Excluded)) {
        return Ok(());
    }
    let why = match outcomes.contains(&OutcomeName::Met) {
        true => "is met already",
        false => "does not apply to the product",
    };
    Err(Stop::Said(
        format!("{name} {why}: a waiver would accept no gap, and nothing was written"),
        Some("waive only what `portcullis check` finds missing or not met".into()),
    ))
}

/// What one attestation cites and has changed since its last review, a line each.
fn changes(draft: &Draft<'_>, entry: &Attestation) -> String {
    let line = |moved: &crate::attest::Moved| match &moved.now {
        Ok(now) => format!("  moved since {}: {} (was {}, is {now})\n", entry.reviewed.value, one_line(&moved.label, 160), moved.was),
        Err(why) => format!("  moved since {}: {}: {why}\n", entry.reviewed.value, one_line(&moved.label, 160)),
    };
    draft.moved(entry).iter().map(|(_, moved)| line(moved)).collect()
}

fn renewals(arguments: &Arguments, bench: &Bench<'_>, draft: &Draft<'_>, today: Today) -> Result<Plan, Stop> {
    let mut chosen: Vec<usize> = Vec::new();
    if arguments.provision.is_empty() {
        chosen = due(draft, bench, today);
    } else {
        for name in &arguments.provision {
            let units = draft.catalogue.resolve(name).ok_or_else(|| said(format!("there is no provision {name:?}")))?;
            let speaks = |entry: &Attestation| entry.units.iter().any(|covered| units.contains(&covered.unit));
            let found = draft.content.attestations.iter().enumerate().filter(|(_, entry)| speaks(entry));
            let before = chosen.len();
            chosen.extend(found.map(|(at, _)| at));
            if chosen.len() == before {
                return Err(said(format!("{name} is not attested in {}", bench.book.path)));
            }
        }
        chosen.sort_unstable();
        chosen.dedup();
    }
    if chosen.is_empty() {
        return Ok((Vec::new(), Vec::new(), format!("{}: nothing is stale, moved or expires soon\n", bench.book.path)));
    }
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    let report = app::check(&request(arguments, today), &catalogue, &sources);
    let (mut edits, mut names, mut shown) = (Vec::new(), Vec::new(), String::new());
    for at in chosen {
        let Some(entry) = draft.content.attestations.get(at) else { continue };
        let account = account(draft, entry, &report);
        if arguments.yes {
            shown.push_str(&account);
        }
        if arguments.yes || ask(&account)? {
            edits.extend(draft.renew(at, entry).map_err(said)?);
            names.extend(entry.provisions.iter().map(|name| name.value.clone()));
        }
    }
    let told = if edits.is_empty() { "nothing was renewed\n".to_owned() } else { shown };
    Ok((edits, names, told))
}

/// What is too old by the gate's own limit or soon will be, and what cites a file that moved.
fn due(draft: &Draft<'_>, bench: &Bench<'_>, today: Today) -> Vec<usize> {
    let limit = bench.declaration.gate.max_age_days - limits::EXPIRES_SOON_DAYS;
    let old = |entry: &Attestation| !(0..=limit).contains(&today.days_since(entry.reviewed.value));
    let entries = draft.content.attestations.iter().enumerate();
    let due = entries.filter(|(_, entry)| entry.status.value != Status::Planned && (old(entry) || !draft.moved(entry).is_empty()));
    due.map(|(at, _)| at).collect()
}

/// One attestation with what moved and what else is wrong with it today, which a new date alone does not mend.
fn account(draft: &Draft<'_>, entry: &Attestation, report: &Report<'_>) -> String {
    let names: Vec<&str> = entry.provisions.iter().map(|name| name.value.as_str()).collect();
    let mut shown = format!(
        "{}: {}, reviewed {} by {}\n",
        names.join(", "),
        entry.status.value.name(),
        entry.reviewed.value,
        visible(&entry.owner.value)
    );
    shown.push_str(&format!("  {}\n", one_line(&entry.statement.value, 300)));
    let moved = draft.moved(entry);
    let stays = entry.evidence.iter().enumerate().filter(|(number, _)| moved.iter().all(|(at, _)| at != number));
    for (_, piece) in stays {
        shown.push_str(&format!("  as it was, or unpinned: {}\n", one_line(&piece.label(), 160)));
    }
    shown.push_str(&changes(draft, entry));
    let units = report.products.iter().flat_map(|product| &product.assessments);
    let failing = units.filter(|unit| !matches!(unit.outcome, OutcomeName::Met | OutcomeName::Stale | OutcomeName::Excluded));
    let covered = |id: &str| entry.units.iter().any(|covered| covered.unit == id);
    let wanted: Vec<String> = failing.map(|unit| unit.unit.id.clone()).filter(|id| covered(id)).collect();
    let lines = outcome_lines(report, &wanted);
    shown.extend(lines.lines().map(|line| format!("  does not hold today: {line}\n")));
    shown
}

/// Shows an account, and asks whether it still holds.
fn ask(shown: &str) -> Result<bool, Stop> {
    if !io::stdin().is_terminal() {
        terminal::print(shown);
        return Err(Stop::Said(
            "whether this still holds must be answered".into(),
            Some("answer on a terminal, or read the above and add --yes".into()),
        ));
    }
    terminal::print(&format!("{shown}Does it still hold? [y/N] "));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| said(format!("the answer could not be read: {error}")))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn write(bench: &Bench<'_>, old: Option<&str>, new: &str) -> Result<(), Stop> {
    let path = bench.path_on_disk().ok_or_else(|| said("a bare repository has no files to edit"))?;
    match replace_file(&path, old.map(str::as_bytes), new.as_bytes()) {
        Ok(Replaced::Yes) => Ok(()),
        Ok(Replaced::ChangedMeanwhile) => Err(changed(&path)),
        Err(error) => Err(not_written(&path, &error)),
    }
}

fn not_written(path: &Path, error: &io::Error) -> Stop {
    Stop::Said(format!("{} was not written: {error}", path.display()), Some("it is as it was".into()))
}

fn changed(path: &Path) -> Stop {
    Stop::Said(format!("{} changed while this ran, and is as it was left", path.display()), Some("run the command again".into()))
}

fn request(arguments: &Arguments, today: Today) -> Request {
    Request {
        products: arguments.product.iter().cloned().collect(),
        overlays: arguments.overlays.clone(),
        ..Request::new(arguments.repository.clone(), At::Worktree, today)
    }
}

/// What the named provisions come to now.
fn results(arguments: &Arguments, names: &[String], draft: &Draft<'_>, today: Today) -> String {
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    let report = app::check(&request(arguments, today), &catalogue, &sources);
    let wanted: Vec<String> = names.iter().filter_map(|name| draft.catalogue.resolve(name)).flatten().collect();
    let mut out = outcome_lines(&report, &wanted);
    if report.errors.is_empty() {
        out.push_str(&unselected(names, draft, &report));
    }
    if let Some(fault) = report.errors.first() {
        out.push_str(&format!("written, but the repository cannot be assessed: {}\n", visible(&fault.message)));
    }
    out
}

/// A line for each name of which no product is asked: what was written counts for nothing there.
fn unselected(names: &[String], draft: &Draft<'_>, report: &Report<'_>) -> String {
    let asked = |unit: &String| report.products.iter().flat_map(|product| &product.assessments).any(|found| found.unit.id == *unit);
    let idle = names.iter().filter(|name| !draft.catalogue.resolve(name).unwrap_or_default().iter().any(asked));
    let products: Vec<String> = report.products.iter().map(|product| one_line(&product.name, 60)).collect();
    idle.map(|name| {
        let of = products.join(", ");
        format!(
            "{name}: written, and counts for nothing: its code is not among those that {of} is asked for (`types` and `[organisation]` of the declaration choose them)\n"
        )
    })
    .collect()
}

/// A line for each run of units of one provision that end alike for the same reason.
fn outcome_lines(report: &Report<'_>, wanted: &[String]) -> String {
    let mut runs: Vec<(String, Vec<&str>, String)> = Vec::new();
    for unit in report.products.iter().flat_map(|product| &product.assessments).filter(|unit| wanted.contains(&unit.unit.id)) {
        let (provision, text) = (unit.provision.id.as_str(), outcome_text(unit));
        let claim = unit.unit.id.strip_prefix(provision).unwrap_or_default();
        match runs.last_mut().filter(|(first, claims, last)| first == provision && *last == text && !claims.contains(&claim)) {
            Some((_, claims, _)) => claims.push(claim),
            None => runs.push((provision.to_owned(), vec![claim], text)),
        }
    }
    runs.iter().map(|(provision, claims, text)| format!("{provision}{}: {text}\n", range(claims))).collect()
}

/// `-c1`, `-c1, -c2` or `-c1 … -c6`.
fn range(claims: &[&str]) -> String {
    match claims {
        [first, .., last] if claims.len() > 2 => format!("{first} … {last}"),
        few => few.join(", "),
    }
}

/// The outcome and its reason; the report's reason names outcomes itself, which is said once here.
fn outcome_text(unit: &UnitReport<'_>) -> String {
    let backed = match (unit.outcome, unit.assurance) {
        (OutcomeName::Met, Some(assurance)) => format!(" ({})", assurance.name()),
        _ => String::new(),
    };
    let reason = match (unit.waived_outcome, unit.waived_until) {
        (Some(instead), Some(until)) => {
            let reason = unit.reason.strip_prefix(&format!("{instead}, waived until {until}: ")).unwrap_or(&unit.reason);
            return format!("{} until {until}: {}", unit.outcome, one_line(reason, 400));
        }
        _ => unit.reason.strip_prefix(&format!("{}: ", unit.outcome)).unwrap_or(&unit.reason),
    };
    let reason = reason.replace(&format!("; {}: ", unit.outcome), "; ");
    format!("{}{backed}: {}", unit.outcome, one_line(&reason, 400))
}

/// The file's own lines, each made safe to print.
fn visible_lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", visible(line))).collect()
}
