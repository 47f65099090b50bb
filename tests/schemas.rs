//! The committed schemas are what the program prints, and the samples under `tests/schemas/` mean to the readers what they
//! mean to the schemas: `.ci/schemas` holds the same files against the schemas with check-jsonschema.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that panics has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};

use portcullis::error::Fault;
use portcullis::input::catalogue::Catalogue;
use portcullis::input::root::{Found, InputFile};
use portcullis::input::{attestations, declaration, overlays};
use portcullis::schema::{self, Format};
use portcullis::source::SourceMap;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_committed_schemas_are_the_generated_ones() {
    let catalogue = Catalogue::built_in();
    for format in Format::ALL {
        let path = root().join("schemas").join(format.file_name());
        let generated = schema::text(format, &catalogue);
        if std::env::var_os("PORTCULLIS_BLESS").is_some() {
            fs::write(&path, &generated).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == generated, "{} is out of date: PORTCULLIS_BLESS=1 cargo test --test schemas", path.display());
    }
}

fn read(path: &Path, catalogue: &Catalogue) -> Result<(), Vec<Fault>> {
    let sources = SourceMap::default();
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let file = InputFile { path: name.parse().unwrap(), source: sources.add(name, text.clone()), text, untracked: false };
    if name.starts_with("overlay") {
        let path = path.to_path_buf();
        return overlays::read(None, None, &[path], catalogue, &sources).map(|_| ()).map_err(|error| error.faults());
    }
    if name.starts_with("declaration") {
        let span = sources.line(file.source, 1);
        let found = Found { folder: Default::default(), file, table: &[], span };
        declaration::read(&found, catalogue, &sources).map(|_| ()).map_err(|error| error.faults())
    } else {
        attestations::read(&file, catalogue, &sources).map(|_| ())
    }
}

fn samples(folder: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root().join("tests/schemas").join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 4, "{folder}");
    paths
}

#[test]
fn the_readers_take_the_good_samples() {
    let catalogue = Catalogue::built_in();
    for path in samples("good") {
        assert_eq!(read(&path, &catalogue), Ok(()), "{}", path.display());
    }
}

#[test]
fn the_readers_refuse_the_bad_samples() {
    let catalogue = Catalogue::built_in();
    for path in samples("bad") {
        assert!(read(&path, &catalogue).is_err(), "{}", path.display());
    }
}

#[test]
fn every_provision_and_trait_stands_in_a_schema_with_its_text() {
    let catalogue = Catalogue::built_in();
    let attestations = schema::of(Format::Attestations, &catalogue);
    let ids = &attestations["definitions"]["provision"]["anyOf"][0];
    let at = ids["enum"].as_array().unwrap().iter().position(|id| id == "software-security/3.2-c2").unwrap();
    assert_eq!(ids["x-taplo"]["docs"]["enumValues"][at], "Confidential reporting is explained");
    let units: usize = catalogue.policies().map(|policy| policy.units.len()).sum();
    assert!(ids["enum"].as_array().unwrap().len() >= units);
    let declaration = schema::of(Format::Declaration, &catalogue).to_string();
    for known in catalogue.traits() {
        assert!(declaration.contains(&format!("\"{}\":", known.id)), "{}", known.id);
    }
}
