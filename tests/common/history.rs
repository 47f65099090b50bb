//! Histories with signed commits and tags: from a git bundle, or made here with a key that is derived from a constant and
//! signs nothing else.

use git2::{ObjectType, Oid, Signature, Time};
use ssh_key::private::{Ed25519Keypair, PrivateKey};
use ssh_key::{HashAlg, LineEnding, SshSig};

use super::Fixture;

const DAY: i64 = 86_400;
/// The moment of every fixture's first commit: 21 September 2026.
const FIRST: i64 = 1_790_000_000;
const OPENPGP: &str = "-----BEGIN PGP SIGNATURE-----\n\niHUEABYIAB0WIQSrC+6blQ0k2j3VKp1Dj+cnZ3CN3AUCawM8lgAKCRBDj+cnZ3CN\n3DNKAQCMNKmsmIxP3OC3aeu2KKFh4DOxXtRYanDRp7GCpAe+HQD9ElkVk7uVvPUC\nnP6J9YG1FIcBTPnwrCzQa4MnNSueuQA=\n=JYIC\n-----END PGP SIGNATURE-----\n";
const X509: &str = "-----BEGIN SIGNED MESSAGE-----\nMIAGCSqGSIb3DQEHAqCAMIACAQExDTAL\n-----END SIGNED MESSAGE-----\n";

/// Reads a bundle (gitformat-bundle(5), version 2) into a repository: its objects, its references, and where HEAD stands.
pub fn unbundle(fixture: &Fixture, bundle: &[u8]) {
    let end = bundle.windows(2).position(|pair| pair == b"\n\n").unwrap();
    let header = std::str::from_utf8(&bundle[..end]).unwrap();
    let repository = &fixture.repository;
    let odb = repository.odb().unwrap();
    let mut pack = odb.packwriter().unwrap();
    std::io::Write::write_all(&mut pack, &bundle[end + 2..]).unwrap();
    pack.commit().unwrap();
    drop(pack);
    for line in header.lines().skip(1) {
        let (id, name) = line.split_once(' ').unwrap();
        let id = Oid::from_str(id).unwrap();
        let head = repository.find_reference("HEAD").unwrap().symbolic_target().unwrap().unwrap().to_owned();
        let name = if name == "HEAD" { &head } else { name };
        repository.reference(name, id, true, "bundle").unwrap();
    }
    let mut index = repository.index().unwrap();
    index.read_tree(&repository.head().unwrap().peel_to_tree().unwrap()).unwrap();
    index.write().unwrap();
    repository.checkout_index(None, None).unwrap();
}

/// Adds a commit or a tag, a day after the one before, or `days` after the fixture's first commit; a commit may write
/// the file at `path` anew, with the content `text`. Or notes a branch of a remote.
pub fn add(fixture: &Fixture, at: usize, step: &toml::Table) {
    let text = |key: &str| step.get(key).and_then(toml::Value::as_str);
    let days = step.get("days").and_then(toml::Value::as_integer).unwrap_or(at as i64 + 1);
    let seconds = FIRST + DAY * days;
    if let Some((path, text)) = text("path").zip(text("text")) {
        fixture.write(path, text);
        fixture.stage();
    }
    if let Some(branch) = text("remote-branch") {
        let head = fixture.repository.head().unwrap().target().unwrap();
        fixture.repository.reference(&format!("refs/remotes/{branch}"), head, true, "test").unwrap();
        return;
    }
    match (text("commit"), text("tag")) {
        (Some(message), None) => commit(fixture, message, seconds, text("signed")),
        (None, Some(name)) => {
            let (id, kind) = target(fixture, text("leads-to"));
            tag(fixture, name, text("object").unwrap_or(name), &format!("{id}\ntype {kind}"), seconds, text("signed"));
        }
        _ => panic!("a step of the history is a commit or a tag: {step}"),
    }
}

fn commit(fixture: &Fixture, message: &str, seconds: i64, signed: Option<&str>) {
    let repository = &fixture.repository;
    let who = Signature::new("Test", "test@portcullis.example", &Time::new(seconds, 0)).unwrap();
    let parent = repository.head().unwrap().peel_to_commit().unwrap();
    let tree = repository.find_tree(repository.index().unwrap().write_tree().unwrap()).unwrap();
    let buffer = repository.commit_create_buffer(&who, &who, message, &tree, &[&parent]).unwrap();
    let buffer = std::str::from_utf8(&buffer).unwrap();
    let id = match signed {
        None => repository.odb().unwrap().write(ObjectType::Commit, buffer.as_bytes()).unwrap(),
        Some(how) => repository.commit_signed(buffer, signature(buffer, how).trim_end(), None).unwrap(),
    };
    let branch = repository.find_reference("HEAD").unwrap().symbolic_target().unwrap().unwrap().to_owned();
    repository.reference(&branch, id, true, "test").unwrap();
}

/// What a tag is to lead to: the newest commit, its tree, a blob, a commit beside it or one without parents.
fn target(fixture: &Fixture, what: Option<&str>) -> (Oid, &'static str) {
    let repository = &fixture.repository;
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    let who = Signature::new("Test", "test@portcullis.example", &Time::new(FIRST, 0)).unwrap();
    let beside = |parents: &[&git2::Commit<'_>]| {
        let tree = head.tree().unwrap();
        (repository.commit(None, &who, &who, "elsewhere", &tree, parents).unwrap(), "commit")
    };
    match what {
        None => (head.id(), "commit"),
        Some("tree") => (head.tree_id(), "tree"),
        Some("blob") => (repository.blob(b"a key").unwrap(), "blob"),
        Some("branch") => beside(&[&head]),
        Some("orphan") => beside(&[]),
        Some(other) => panic!("no object of the kind {other}"),
    }
}

fn tag(fixture: &Fixture, name: &str, object: &str, target: &str, seconds: i64, signed: Option<&str>) {
    let repository = &fixture.repository;
    let head = repository.head().unwrap().target().unwrap();
    let payload = format!("object {target}\ntag {object}\ntagger Test <test@portcullis.example> {seconds} +0000\n\n{name}\n");
    let id = match signed {
        Some("lightweight") => head,
        None => repository.odb().unwrap().write(ObjectType::Tag, payload.as_bytes()).unwrap(),
        Some(how) => {
            let whole = format!("{payload}{}", signature(&payload, how));
            repository.odb().unwrap().write(ObjectType::Tag, whole.as_bytes()).unwrap()
        }
    };
    repository.reference(&format!("refs/tags/{name}"), id, true, "test").unwrap();
}

/// Cuts the history off below its newest commit, as a shallow clone does.
pub fn make_shallow(fixture: &Fixture) {
    let head = fixture.repository.head().unwrap().target().unwrap();
    std::fs::write(fixture.repository.path().join("shallow"), format!("{head}\n")).unwrap();
}

fn signature(payload: &str, how: &str) -> String {
    let ssh = |seed: u8, namespace: &str, message: &str| {
        let key = PrivateKey::from(Ed25519Keypair::from_seed(&[seed; 32]));
        SshSig::sign(&key, namespace, HashAlg::Sha512, message.as_bytes()).unwrap().to_pem(LineEnding::LF).unwrap()
    };
    match how {
        "ssh" => ssh(7, "git", payload),
        "other-key" => ssh(8, "git", payload),
        "other-namespace" => ssh(7, "file", payload),
        "other-bytes" => ssh(7, "git", "something else"),
        "openpgp" => OPENPGP.to_owned(),
        "x509" => X509.to_owned(),
        other => panic!("no signature of the form {other}"),
    }
}

/// The public half of the key that signs.
pub fn public_key() -> String {
    PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32])).public_key().to_openssh().unwrap()
}
