//! The pages on the file formats against the tables that the readers check against, and their examples against the readers.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that panics has failed"
)]

use portcullis::input::attestations::{self, ATTESTATIONS};
use portcullis::input::catalogue::Catalogue;
use portcullis::input::declaration::{self, DECLARATION};
use portcullis::input::overlay_format::OVERLAY;
use portcullis::input::overlays;
use portcullis::input::reader::Words as _;
use portcullis::input::root::{Found, InputFile};
use portcullis::model::kind::{DETAIL_KEYS, KINDS};
use portcullis::source::SourceMap;
use portcullis::spec::{Shape, TableSpec, Vocabulary};

const DECLARATION_PAGE: &str = include_str!("../docs/formats/declaration.md");
const OVERLAYS_PAGE: &str = include_str!("../docs/overlays.md");
const POLICIES_PAGE: &str = include_str!("../policies/README.md");
const ATTESTATIONS_PAGE: &str = include_str!("../docs/formats/attestations.md");

/// Every key of a table and the tables in it, and every word of the short vocabularies.
fn names(spec: &TableSpec, out: &mut Vec<String>) {
    for key in spec.keys {
        out.push(key.name.to_owned());
        let mut shape = key.shape;
        while let Shape::List(inner) | Shape::OneOrMany(inner) = shape {
            shape = *inner;
        }
        match shape {
            Shape::Table(inner) | Shape::TableOrTables(inner) | Shape::Tables(inner) => names(inner, out),
            Shape::Choice(vocabulary @ (Vocabulary::Fixed(_) | Vocabulary::Types | Vocabulary::Roles | Vocabulary::OrganisationCodes)) => {
                out.extend(Catalogue::built_in().choices(vocabulary).into_iter().map(|choice| choice.name));
            }
            _ => {}
        }
    }
}

#[test]
fn every_key_and_word_is_named_in_its_page() {
    for (page, spec) in [(DECLARATION_PAGE, &DECLARATION), (ATTESTATIONS_PAGE, &ATTESTATIONS)] {
        let mut wanted = Vec::new();
        names(spec, &mut wanted);
        assert!(wanted.len() > 15);
        for name in wanted {
            assert!(page.contains(&format!("`{name}`")), "{}: `{name}` is not explained", spec.name);
        }
    }
}

#[test]
fn every_key_of_an_overlay_is_named_in_its_page_or_in_that_on_policies() {
    let mut wanted = Vec::new();
    names(&OVERLAY, &mut wanted);
    assert!(wanted.len() > 50);
    for name in wanted {
        let ways = [format!("`{name}`"), format!("`[{name}]`"), format!("`[[{name}]]`"), format!(".{name}]]`"), format!("{{ {name} = ")];
        let named = |page: &str| ways.iter().any(|way| page.contains(way.as_str()));
        assert!([OVERLAYS_PAGE, POLICIES_PAGE, DECLARATION_PAGE].into_iter().any(named), "`{name}` is not explained");
    }
}

/// The cells of the table rows that begin with a name in backticks.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    page.lines().filter(|line| line.starts_with("| `")).map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

#[test]
fn a_required_key_is_said_to_be_required() {
    for (page, spec) in [(DECLARATION_PAGE, &DECLARATION), (ATTESTATIONS_PAGE, &ATTESTATIONS)] {
        for key in spec.keys {
            let row = rows(page).find(|row| row[0] == format!("`{}`", key.name)).unwrap_or_else(|| panic!("no row for {}", key.name));
            assert_eq!(row[1] == "yes", key.required, "{}", key.name);
        }
    }
}

#[test]
fn each_key_of_certain_kinds_lists_just_those_kinds() {
    for key in DETAIL_KEYS {
        let row =
            rows(ATTESTATIONS_PAGE).find(|row| row.len() == 4 && row[0] == format!("`{}`", key.name) && row[1] != "yes" && row[1] != "no");
        let row = row.unwrap_or_else(|| panic!("no row for {}", key.name));
        let mut documented: Vec<&str> = row[3].split(", ").map(|kind| kind.trim_matches('`')).collect();
        let mut known: Vec<&str> = KINDS.iter().filter(|kind| kind.details.contains(&key.name)).map(|kind| kind.name).collect();
        documented.sort_unstable();
        known.sort_unstable();
        assert_eq!(documented, known, "{}", key.name);
    }
}

/// The TOML examples that are whole files.
fn whole_files(page: &str) -> Vec<String> {
    let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.starts_with("version = 1")).map(str::to_owned).collect()
}

fn file(name: &str, text: &str, sources: &SourceMap) -> InputFile {
    InputFile { path: name.parse().unwrap(), source: sources.add(name, text), text: text.to_owned(), untracked: false }
}

#[test]
fn the_examples_are_read_without_a_fault() {
    let catalogue = Catalogue::built_in();
    let declarations = whole_files(DECLARATION_PAGE);
    assert_eq!(declarations.len(), 3);
    for text in &declarations {
        let sources = SourceMap::default();
        let file = file("portcullis.toml", text, &sources);
        let span = sources.line(file.source, 1);
        let found = Found { folder: Default::default(), file, table: &[], span };
        declaration::read(&found, &catalogue, &sources).unwrap_or_else(|error| panic!("{:#?}\n{text}", error.faults()));
    }
    let files = whole_files(ATTESTATIONS_PAGE);
    assert_eq!(files.len(), 1);
    for text in &files {
        let sources = SourceMap::default();
        let read = attestations::read(&file("attestations.toml", text, &sources), &catalogue, &sources);
        read.unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"));
    }
}

#[test]
fn the_overlay_on_its_page_is_read_without_a_fault() {
    let blocks: Vec<&str> = OVERLAYS_PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let whole = blocks.iter().find(|block| block.contains("version = 1")).unwrap();
    let code = blocks.iter().find(|block| block.starts_with("[[code]]")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("overlay.toml");
    std::fs::write(&path, format!("{whole}{code}")).unwrap();
    let read = overlays::read(None, None, &[path], &Catalogue::built_in(), &SourceMap::default());
    read.unwrap_or_else(|error| panic!("{:#?}", error.faults()));
}

#[test]
fn the_page_on_editors_names_the_files_that_are_written() {
    let page = include_str!("../docs/editors.md");
    for format in portcullis::schema::Format::ALL {
        assert!(page.contains(&format!(".portcullis/{}", format.file_name())), "{}", format.file_name());
    }
}
