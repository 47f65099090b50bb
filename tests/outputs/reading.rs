//! Reads outputs as those read them that they are made for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use crate::common::Fixture;

const DATE: &str = "2026-11-22";
const FORMATS: [&str; 10] = ["cyclonedx", "html", "in-toto", "json", "oscal", "github", "gitlab-codequality", "junit", "csv", "markdown"];

/// One run, in every format.
pub(crate) struct Read {
    pub(crate) json: Value,
    pub(crate) annotations: Vec<Annotation>,
    /// The lines that are no commands.
    pub(crate) github_plain: Vec<String>,
    pub(crate) quality: Value,
    /// Name, end and text of each test case.
    pub(crate) cases: Vec<(String, &'static str, String)>,
    pub(crate) rows: Vec<BTreeMap<String, String>>,
    pub(crate) comment: Comment,
    pub(crate) sources: BTreeMap<String, String>,
}

/// A workflow command.
pub(crate) struct Annotation {
    pub(crate) kind: String,
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) title: String,
    pub(crate) message: String,
}

/// A text in Markdown.
pub(crate) struct Comment {
    pub(crate) source: String,
    pub(crate) text: String,
    pub(crate) headings: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) links: Vec<String>,
    pub(crate) html: Vec<String>,
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// The cases but those of one kind of evidence or one probe, which differ in what is judged and not in how it is told.
pub(crate) fn case_names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(cases()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with("evidence-") && !name.starts_with("probe-"));
    names.sort();
    names
}

/// A case's repository, as far as its files alone make it.
pub(crate) fn case(name: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.copy(&cases().join(name).join("repo"));
    fixture.commit();
    fixture
}

/// A repository whose every text attacks a reader of some output.
pub(crate) fn hostile() -> Fixture {
    let attack = "::error file=x::owned \\n::error::owned ##[error]owned <script>owned</script> <img src=x onerror=owned> [owned](javascript:owned) \
                  ![owned](https://evil.example/owned.png) https://evil.example/owned www.evil.example @octocat closes #1 | owned | `owned` ]]> %0Aowned \
                  &lt;owned \\u001b[31mowned \\u202eowned \\ufffeowned";
    let fixture = Fixture::new();
    fixture.write(
        "portcullis.toml",
        format!("version = 1\n\n[product]\nname = \"=cmd|owned {attack}\"\ntypes = [\"software\"]\nroles = [\"developer\"]\n\n[product.not]\nai = \"{attack}\"\n"),
    );
    let attestation = |unit: &str, status: &str, evidence: &str| {
        format!(
            "[[attestation]]\nprovision = \"software-security/{unit}\"\nstatus = \"{status}\"\nstatement = \"=owned {attack}\"\nowner = \"a@ledger.example\"\nreviewed = 2026-10-01\n{evidence}\n"
        )
    };
    let evidence = "[[attestation.evidence]]\nkind = \"document\"\npath = \"docs/=owned <img src=x onerror=owned>.md\"\n";
    let waiver = format!(
        "[[waiver]]\nprovision = \"software-security/3.4-c1\"\nreason = \"=owned {attack}\"\napproved-by = \"@owned <b>\"\nexpires = 2027-03-31\n"
    );
    let parts = [attestation("1.1", "partial", ""), attestation("1.2-c1", "met", evidence), attestation("2.1", "not-applicable", "")];
    fixture.write("attestations.toml", format!("version = 1\n\n{}{waiver}", parts.concat()));
    fixture.commit();
    fixture
}

/// A change that brings a gap, keeps one and closes one; and the commit before it.
pub(crate) fn changed() -> (Fixture, String) {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n\n[product]\nname = \"Ledger\"\nroles = [\"developer\"]\n");
    let attested = |units: &[(&str, &str)]| {
        let one = |(unit, status): &(&str, &str)| {
            format!(
                "[[attestation]]\nprovision = \"software-security/{unit}\"\nstatus = \"{status}\"\nstatement = \"It is done by the team.\"\nowner = \"a@ledger.example\"\nreviewed = 2026-10-01\n\n"
            )
        };
        format!("version = 1\n\n{}", units.iter().map(one).collect::<String>())
    };
    fixture.write("attestations.toml", attested(&[("1.1-c1", "not-met"), ("1.1-c2", "not-met")]));
    let base = fixture.commit();
    fixture.write("attestations.toml", attested(&[("1.1-c1", "not-met"), ("1.1-c2", "met"), ("1.3-c1", "partial")]));
    fixture.commit();
    (fixture, base)
}

/// Runs a check and reads what it writes.
pub(crate) fn read(fixture: &Fixture, arguments: &[&str]) -> Read {
    let below = "services/café app";
    let folder = if fixture.path().join(below).exists() { below } else { "." };
    let files: Vec<String> = FORMATS.iter().map(|format| format!("{format}={}", fixture.outside().join(format).display())).collect();
    let mut all = vec!["check", folder, "--today", DATE];
    all.extend(arguments);
    all.extend(files.iter().flat_map(|file| ["--output", file.as_str()]));
    let run = fixture.run(&all);
    assert!((0..=2).contains(&run.code), "{}", run.stderr);
    let sources: BTreeMap<String, String> =
        FORMATS.iter().map(|format| ((*format).to_owned(), fs::read_to_string(fixture.outside().join(format)).unwrap())).collect();
    let (commands, plain): (Vec<&str>, Vec<&str>) = sources["github"].lines().partition(|line| line.starts_with("::"));
    Read {
        json: serde_json::from_str(&sources["json"]).unwrap(),
        annotations: commands.into_iter().map(command).collect(),
        github_plain: plain.into_iter().map(str::to_owned).collect(),
        quality: serde_json::from_str(&sources["gitlab-codequality"]).unwrap(),
        cases: test_cases(&sources["junit"]),
        rows: rows(&sources["csv"]),
        comment: comment(&sources["markdown"]),
        sources,
    }
}

/// The sum of the numbers in a text of words.
pub(crate) fn numbers(text: &str) -> usize {
    let words = text.split(';').next().unwrap().split(' ');
    words.filter_map(|word| word.parse::<usize>().ok()).sum()
}

/// As a runner reads it: properties end at `,`, the head at `::`.
fn command(line: &str) -> Annotation {
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (kind, properties) = head.split_once(' ').unwrap();
    let plain = |text: &str| text.replace("%0A", "\n").replace("%0D", "\r").replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let pairs: BTreeMap<&str, String> =
        properties.split(',').map(|pair| pair.split_once('=').unwrap()).map(|(key, value)| (key, plain(value))).collect();
    let known = ["file", "line", "endLine", "col", "title"];
    assert!(pairs.keys().all(|key| known.contains(key)), "{line}");
    assert!(["error", "warning", "notice"].contains(&kind), "{line}");
    Annotation {
        kind: kind.to_owned(),
        file: pairs.get("file").cloned().unwrap_or_default(),
        line: pairs.get("line").map_or(0, |line| line.parse().unwrap()),
        title: pairs["title"].clone(),
        message: plain(message),
    }
}

fn test_cases(text: &str) -> Vec<(String, &'static str, String)> {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let root = document.root_element();
    let number = |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<usize>().unwrap();
    let mut out = Vec::new();
    for suite in root.children().filter(roxmltree::Node::is_element) {
        let mut told = BTreeMap::new();
        for case in suite.children().filter(|node| node.has_tag_name("testcase")) {
            let inner: Vec<_> = case.children().filter(roxmltree::Node::is_element).collect();
            assert_eq!(inner.len(), 1, "{case:?}");
            let end = match inner[0].tag_name().name() {
                "failure" => "failure",
                "error" => "error",
                "skipped" => "skipped",
                _ => "passed",
            };
            *told.entry(end).or_insert(0) += 1;
            out.push((case.attribute("name").unwrap().to_owned(), end, inner[0].text().unwrap_or_default().to_owned()));
        }
        let ended = |end: &str| told.get(end).copied().unwrap_or(0);
        assert_eq!(number(suite, "tests"), told.values().sum::<usize>());
        assert_eq!(
            [number(suite, "failures"), number(suite, "errors"), number(suite, "skipped")],
            ["failure", "error", "skipped"].map(ended)
        );
    }
    assert_eq!(number(root, "tests"), out.len());
    out
}

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "RFC 4180: lines end with CRLF");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let names = table.headers().unwrap().clone();
    table.records().map(|row| names.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect()).collect()
}

fn comment(source: &str) -> Comment {
    let mut out = Comment {
        source: source.to_owned(),
        text: String::new(),
        headings: Vec::new(),
        rows: Vec::new(),
        links: Vec::new(),
        html: Vec::new(),
    };
    let mut heading = false;
    let mut cell: Option<String> = None;
    for event in Parser::new_ext(source, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                assert!(level > HeadingLevel::H1);
                heading = true;
                out.headings.push(String::new());
            }
            Event::End(TagEnd::Heading(_)) => heading = false,
            Event::Start(Tag::TableHead | Tag::TableRow) => out.rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => out.rows.last_mut().unwrap().extend(cell.take()),
            Event::Start(Tag::Link { dest_url, .. }) => out.links.push(dest_url.to_string()),
            Event::Start(Tag::Image { dest_url, .. }) => panic!("a picture: {dest_url}"),
            Event::Html(text) | Event::InlineHtml(text) => out.html.push(text.to_string()),
            Event::Text(text) | Event::Code(text) => {
                out.text.push_str(&text);
                if heading {
                    out.headings.last_mut().unwrap().push_str(&text);
                }
                if let Some(cell) = &mut cell {
                    cell.push_str(&text);
                }
            }
            Event::End(_) | Event::SoftBreak => out.text.push('\n'),
            _ => {}
        }
    }
    out
}
