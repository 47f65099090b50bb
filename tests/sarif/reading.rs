//! Reads the program's SARIF as a host does.

use std::fs;
use std::path::{Path, PathBuf};

use serde_sarif::sarif::{Region, ReportingDescriptorReference, Result, Run as SarifRun, Sarif};

use crate::common::{Fixture, Run};

const DATE: &str = "2026-11-22";
pub const PROFILES: [&str; 2] = ["sarif", "sarif-full"];

/// The cases, in order. Those of one kind of evidence or one probe differ in what is judged and not in how it is told: every
/// eighth of them stands for the others.
pub fn case_folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    let is_of_one_kind = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        ["evidence-", "probe-"].iter().any(|start| name.starts_with(start))
    };
    let (alike, mut chosen): (Vec<PathBuf>, Vec<PathBuf>) = folders.into_iter().partition(is_of_one_kind);
    chosen.extend(alike.into_iter().step_by(8));
    assert!(chosen.len() > 250, "only {} cases are read", chosen.len());
    chosen
}

pub fn case(name: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).join("repo"));
    fixture.commit();
    fixture
}

/// Runs `check` in the folder of the declaration, which may stand below the repository's root.
pub fn check(fixture: &Fixture, format: &str) -> Run {
    let below = "services/café app";
    let folder = if fixture.path().join(below).exists() { below } else { "." };
    fixture.run(&["check", folder, "--today", DATE, "--format", format])
}

pub fn sarif(fixture: &Fixture, profile: &str) -> SarifRun {
    let run = check(fixture, profile);
    let mut file: Sarif = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}", run.stdout));
    assert_eq!(file.version, "2.1.0");
    assert_eq!(file.schema.as_deref(), Some("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"));
    assert_eq!(file.runs.len(), 1);
    assert_eq!(run.stdout.matches('\n').count(), 1, "one compact line");
    assert!(!run.stdout.contains(fixture.outside().to_str().unwrap()), "a path of this machine");
    let run = file.runs.remove(0);
    assert_eq!(run.column_kind, Some("unicodeCodePoints".into()));
    assert_eq!(run.automation_details.as_ref().unwrap().id.as_deref(), Some("portcullis/"));
    assert!(run.original_uri_base_ids.as_ref().unwrap()["SRCROOT"].uri.is_none());
    run
}

pub fn results(run: &SarifRun) -> &[Result] {
    run.results.as_deref().expect("results are present even if empty")
}

pub fn fingerprint(result: &Result) -> &str {
    &result.partial_fingerprints.as_ref().unwrap()["portcullis/v1"]
}

pub fn property<'r>(result: &'r Result, key: &str) -> Option<&'r str> {
    result.properties.as_ref()?.additional_properties.get(key)?.as_str()
}

/// The percent-decoded path and the region of a result's one location.
pub fn place(result: &Result) -> (String, &Region) {
    let locations = result.locations.as_ref().unwrap();
    assert_eq!(locations.len(), 1);
    let physical = locations[0].physical_location.as_ref().unwrap();
    let artifact = physical.artifact_location.as_ref().unwrap();
    assert_eq!(artifact.uri_base_id.as_deref(), Some("SRCROOT"));
    let uri = artifact.uri.as_deref().unwrap();
    assert!(!uri.is_empty() && !uri.starts_with(['/', '.']) && !uri.contains(['\\', ' ', ':']) && uri.is_ascii(), "{uri}");
    (decoded(uri), physical.region.as_ref().unwrap())
}

pub fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => u8::from_str_radix(&format!("{}{}", rest.next().unwrap() as char, rest.next().unwrap() as char), 16).unwrap(),
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// Cuts a region out of a file as a reader does: lines end with LF or CRLF, columns count code points, no byte order mark.
pub fn cut(text: &str, region: &Region) -> String {
    let number = |value: Option<i64>| usize::try_from(value.unwrap()).unwrap();
    let (line, column) = (number(region.start_line), number(region.start_column));
    let (end_line, end_column) = (number(region.end_line), number(region.end_column));
    assert!(line >= 1 && column >= 1 && (end_line, end_column) >= (line, column), "{region:?}");
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').split('\n').collect();
    let mut out = String::new();
    for at in line..=end_line {
        let whole: Vec<char> = lines[at - 1].trim_end_matches('\r').chars().collect();
        let from = if at == line { column - 1 } else { 0 };
        let to = if at == end_line { end_column - 1 } else { whole.len() };
        out.extend(&whole[from..to]);
        if at < end_line {
            out.push('\n');
        }
    }
    out
}

pub fn cut_from(fixture: &Fixture, result: &Result) -> String {
    let (path, region) = place(result);
    cut(&fs::read_to_string(fixture.path().join(path)).unwrap(), region)
}

pub fn by_rule<'r>(run: &'r SarifRun, id: &str) -> Vec<&'r Result> {
    results(run).iter().filter(|result| result.rule_id.as_deref() == Some(id)).collect()
}

/// The whole id of the taxon that a reference points at by index, which its names must agree with.
pub fn taxon(run: &SarifRun, reference: &ReportingDescriptorReference) -> String {
    let component = reference.tool_component.as_ref().unwrap();
    let taxonomy = &run.taxonomies.as_ref().unwrap()[usize::try_from(component.index.unwrap()).unwrap()];
    assert_eq!(component.name.as_deref(), Some(taxonomy.name.as_str()));
    let taxon = &taxonomy.taxa.as_ref().unwrap()[usize::try_from(reference.index.unwrap()).unwrap()];
    assert_eq!(reference.id.as_deref(), Some(taxon.id.as_str()));
    format!("{}/{}", taxonomy.name, taxon.id)
}

pub fn small(attestations: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n\n[product]\nname = \"Ledger\"\ntypes = [\"software\"]\n");
    fixture.write("attestations.toml", attestations);
    fixture.commit();
    fixture
}
