//! `signature`: a detached signature over a file of the tree.

use super::keys::{self, NAME_A_KEY, NamedKey, Refused, SshTrust};
use super::{Ask, Gap, Proof, Verified, Verifier, blank, digests, effort, sigstore};
use crate::formats::base64;
use crate::formats::minisign::{self, Mismatch};
use crate::formats::model_manifest;
use crate::formats::public_key::PublicKey;
use crate::formats::sigstore::{self as format, Over};
use crate::formats::tree::{Syntax, read};
use crate::input::gate_files::GateFile;
use crate::input::reader::quoted;
use crate::input::snapshot::Refusal;
use crate::input::view::OpenFile;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::repo_path::RepoPath;
use crate::source::Span;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct ReleaseSignature;

impl Verifier for ReleaseSignature {
    fn kind(&self) -> &'static str {
        "signature"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a minisign signature, an SSH signature in the namespace file or git, or a Sigstore bundle, over a tracked file of this tree with something in it.",
            "It verifies with the key of [product.keys] that the entry names, or an SSH signature by an allowed signer.",
            "A Sigstore bundle verifies offline with the trust root of the public-good instance, for the `identity` and the `issuer` that the entry states.",
            "The trusted comment of a minisign signature is the one that was signed.",
            "A signed list of SHA-256 digests has none of nothing, and that of each file beside it that is tracked.",
        ]
    }

    fn limits(&self) -> &'static str {
        "OpenPGP signatures are recognised and not verified; nothing is said about artefacts that are published elsewhere. The keys stand in the declaration, \
         which is part of the tree: what protects them is --base, or the owners of that file."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"signature\"\npath = \"release/SHA256SUMS.minisig\"\nsubject = \"release/SHA256SUMS\"\nkey = \"release\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

const SSH: &[u8] = b"-----BEGIN SSH SIGNATURE-----";
const PGP: &[u8] = b"-----BEGIN PGP SIGNATURE-----";
const EXTENSIONS: &[&str] = &[".minisig", ".sig", ".asc", ".sign", ".gpg", ".sigstore.json", ".sigstore"];

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let bundle = file.text().filter(|text| format::is_like(text));
    let most = if bundle.is_some() { limits::BUNDLE_BYTES } else { limits::SIGNATURE_BYTES };
    if file.bytes.len() > most {
        let message = format!("{} is larger than {most} bytes, the most that is read of a signature", file.path);
        return Err(Verified::doubt(message, "cite the detached signature, not the file with its signature"));
    }
    let name = subject(ask, file)?;
    if let Some(text) = bundle {
        return bundled(ask, file, &name, text);
    }
    let start = file.bytes.trim_ascii_start();
    if start.starts_with(SSH) {
        return ssh(ask, file, &name).map(|shown| undated(ask, file, shown));
    }
    if minisign::Signature::is_like(start) {
        return minisign(ask, file, &name).map(|shown| undated(ask, file, shown));
    }
    if start.starts_with(PGP) || is_binary_openpgp(&file.bytes) {
        return openpgp(ask, file, &name).map(|shown| undated(ask, file, shown));
    }
    let message = format!("{} is no signature that is known: neither minisign, SSH, a Sigstore bundle nor OpenPGP", file.path);
    Err(Verified::gap(Gap { at: ask.line(1), ..Gap::failed("malformed", message, "cite the file that the signing tool wrote") }))
}

/// What is signed: `subject`, else the signature's name without its extension.
fn subject(ask: &Ask<'_>, file: &OpenFile) -> Result<(RepoPath, Option<Span>), Verified> {
    if let Some(named) = ask.evidence.text("subject") {
        let path = named.value.parse::<RepoPath>().map_err(|error| {
            let gap = Gap::failed("subject", format!("`subject`: {error}"), "name the signed file from the declaration's folder");
            Verified::gap(Gap { cited: Some(named.span), ..gap })
        })?;
        return Ok((ask.view.folder().join(&path), Some(named.span)));
    }
    let whole = file.path.as_str();
    let bare = EXTENSIONS.iter().find_map(|extension| whole.strip_suffix(extension));
    let path = bare.and_then(|bare| bare.parse::<RepoPath>().ok());
    path.map(|path| (path, None)).ok_or_else(|| {
        let message = format!("what {whole} signs cannot be told from its name");
        Verified::gap(Gap::failed("subject", message, "name the signed file with `subject`"))
    })
}

/// The signed file. One that is not in the tree says nothing against the signature, and nothing for it.
fn signed(ask: &Ask<'_>, file: &OpenFile, subject: &(RepoPath, Option<Span>)) -> Result<std::rc::Rc<OpenFile>, Verified> {
    let (path, cited) = subject;
    if ask.gate_files.role(path) == Some(GateFile::Attestations) {
        let gap = Gap::failed(
            "subject",
            format!("{} signs the attestations, which are no evidence for themselves", file.path),
            "cite the signature of a release",
        );
        return Err(Verified::gap(Gap { cited: *cited, ..gap }));
    }
    let opened = ask.view.open(path).map_err(|refusal| {
        let message = match refusal {
            Refusal::Absent => format!("{} signs {path}, which is not in this tree, so it cannot be verified here", file.path),
            other => format!("{} signs {path}: {other}, so it cannot be verified here", file.path),
        };
        Verified::doubt(message, "track the signed file (a list of digests will do), name it with `subject`, or cite the release job that signs as kind workflow")
    })?;
    ask.memo.effort.take(effort::SIGNATURE + opened.bytes.len() / effort::DIGESTED);
    match blank::in_place_of_contents(&opened.bytes) {
        None => untrue(ask, path, &opened).map_or(Ok(opened), |gap| Err(Verified::gap(gap))),
        Some(why) => {
            let gap = Gap::failed("blank-subject", format!("{} signs {path}, {why}", file.path), "cite the signature of what is released");
            Err(Verified::gap(Gap { cited: *cited, ..gap }))
        }
    }
}

/// SHA-256 of nothing.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What is untrue in a signed list of digests: one of a file that is tracked with other bytes, of nothing, or none at all.
fn untrue(ask: &Ask<'_>, path: &RepoPath, signed: &OpenFile) -> Option<Gap> {
    let listed = model_manifest::parse(signed.text()?).ok()?.listed;
    let folder = path.parent().unwrap_or_default();
    listed.iter().take(limits::PROVENANCE_SUBJECTS).find_map(|one| {
        let name = one_line(&one.name, 80);
        let is_none = one.digest.bytes().all(|digit| one.digest.bytes().next() == Some(digit));
        let message = if is_none || one.digest == NOTHING {
            let what = if is_none { "a digest that is none" } else { "the digest of nothing" };
            format!("{path}, which is signed, has {what} for {name}")
        } else {
            let tracked = one.name.trim_start_matches("./").parse::<RepoPath>().ok()?;
            let tracked = folder.join(&tracked);
            ask.view.find(&tracked)?;
            let known = digests::sha256(ask, &tracked).filter(|known| *known != one.digest)?;
            format!("{path}, which is signed, has another digest for {name} than the tracked file, which has {known}")
        };
        let at = ask.view.range(signed, one.at.clone());
        Some(Gap { at, ..Gap::failed("other-digest", message, "sign a list of what is released, and keep no other file under its names") })
    })
}

fn wrong(ask: &Ask<'_>, fault: &'static str, message: String, remedy: &str, line: usize) -> Verified {
    Verified::gap(Gap { at: ask.line(line), ..Gap::failed(fault, one_line(&message, limits::MESSAGE_CHARS), remedy) })
}

const SIGN_AGAIN: &str = "sign the file as it is with the release key, or find out who changed it";

fn proof(file: &OpenFile, path: &RepoPath, who: &str) -> Verified {
    let says = format!("{} is the signature of {who} over {path}", file.path);
    Verified::Proof(Proof::new(Assurance::Verified, one_line(&says, limits::MESSAGE_CHARS)))
}

/// What nothing but its key vouches for says nothing of its day that could be held against it.
fn undated(ask: &Ask<'_>, file: &OpenFile, shown: Verified) -> Verified {
    let old = ask.review_too_old(&format!("the review of {}, which has no time that is verified,", file.path));
    match (shown, old) {
        (Verified::Proof(_), Some(old)) => Verified::gap(old),
        (shown, _) => shown,
    }
}

fn ssh(ask: &Ask<'_>, file: &OpenFile, name: &(RepoPath, Option<Span>)) -> Result<Verified, Verified> {
    let trust = SshTrust::of(ask)?;
    let subject = signed(ask, file, name)?;
    match trust.verify(&file.bytes, &subject.bytes, &["file", "git"], ask.today) {
        Ok(who) => Ok(proof(file, &subject.path, &who)),
        Err(Refused::Wrong(why)) => {
            Err(wrong(ask, "signature", format!("{} does not vouch for {}: {why}", file.path, subject.path), SIGN_AGAIN, 1))
        }
        Err(Refused::Unknown(key)) => Err(untrusted(file, &format!("the SSH key {key}"))),
    }
}

/// The doubt of a signature by a key that nothing trustworthy names.
fn untrusted(file: &OpenFile, by: &str) -> Verified {
    Verified::doubt(format!("{} was made by {by}, and nothing says that this key counts", file.path), NAME_A_KEY)
}

/// A bundle over a file: signed by a key of the declaration, or for an identity that the entry states.
fn bundled(ask: &Ask<'_>, file: &OpenFile, name: &(RepoPath, Option<Span>), text: &str) -> Result<Verified, Verified> {
    let path = file.path.to_string();
    if let Some(named) = keys::named(ask)? {
        refuse_identity(ask, "a key of the declaration is to have signed")?;
        return bundled_by_key(ask, file, name, text, &named).map(|shown| undated(ask, file, shown));
    }
    let subject = signed(ask, file, name)?;
    let sealed = sigstore::verified(ask, &path, text, 0, &Over::File(&subject.bytes))?;
    match sealed.is_stated {
        true => Ok(proof(file, &subject.path, &sealed.who())),
        false => Err(Verified::doubt(
            format!("{path} is the signature of {} over {}, and nothing says that this signer counts", sealed.who(), subject.path),
            "state the signer: `identity` as the certificate has it, and `issuer`",
        )),
    }
}

fn bundled_by_key(
    ask: &Ask<'_>,
    file: &OpenFile,
    name: &(RepoPath, Option<Span>),
    text: &str,
    named: &NamedKey,
) -> Result<Verified, Verified> {
    let PublicKey::Plain(key) = &named.key else {
        let message = format!("the key {} is {}, and a Sigstore bundle needs a PEM key", quoted(&named.name), named.key.kind());
        return Err(Verified::gap(Gap { cited: Some(named.span), ..Gap::failed("key", message, "name the key that signs") }));
    };
    let whole = read(Syntax::Json, text).map_err(|bad| ask.malformed(&bad))?;
    let node = whole.at(&["messageSignature", "signature"]);
    let Some(signature) = node.text().and_then(base64::decode) else {
        return Err(wrong(ask, "malformed", format!("{} carries no signature over a file", file.path), "cite a bundle over a file", 1));
    };
    let subject = signed(ask, file, name)?;
    if key.verifies(&subject.bytes, &signature) {
        return Ok(proof(file, &subject.path, &format!("the key {}", quoted(&named.name))));
    }
    let why = format!("{} does not vouch for {}: it is not by the key {} over these bytes", file.path, subject.path, quoted(&named.name));
    Err(Verified::gap(ask.gap_at(node.range(), "signature", one_line(&why, limits::MESSAGE_CHARS), SIGN_AGAIN)))
}

fn minisign(ask: &Ask<'_>, file: &OpenFile, name: &(RepoPath, Option<Span>)) -> Result<Verified, Verified> {
    refuse_identity(ask, "a minisign signature names nobody")?;
    let text = ask.text()?;
    let signature = minisign::Signature::read(text)
        .map_err(|(line, why)| wrong(ask, "malformed", format!("{}: {why}", file.path), "let minisign write it anew", line))?;
    let NamedKey { name: key_name, key, span } =
        keys::named(ask)?.ok_or_else(|| untrusted(file, &format!("the minisign key {}", signature.key_id())))?;
    let PublicKey::Minisign(key) = key else {
        let message = format!("the key {} is {}, and a minisign signature needs a minisign key", quoted(&key_name), key.kind());
        return Err(Verified::gap(Gap { cited: Some(span), ..Gap::failed("key", message, "name the key that signs") }));
    };
    let subject = signed(ask, file, name)?;
    let (line, why) = match signature.verify(&key, &subject.bytes) {
        Ok(()) => {
            let comment = one_line(signature.comment(), limits::QUOTED_CHARS);
            let who = format!("the key {} ({}, trusted comment: {comment})", quoted(&key_name), key.id());
            return Ok(proof(file, &subject.path, &who));
        }
        Err(Mismatch::Key) => (2, format!("it was made by the key {}, not by {} ({})", signature.key_id(), quoted(&key_name), key.id())),
        Err(Mismatch::Content) => (2, "it is not over these bytes: they or the signature were changed after signing".to_owned()),
        Err(Mismatch::Comment) => (3, "its trusted comment or global signature was changed after signing".to_owned()),
    };
    Err(wrong(ask, "signature", format!("{} does not vouch for {}: {why}", file.path, subject.path), SIGN_AGAIN, line))
}

/// An identity that nothing in the signature can be held against.
fn refuse_identity(ask: &Ask<'_>, why: &str) -> Result<(), Verified> {
    let Some(identity) = ask.evidence.text("identity") else { return Ok(()) };
    let gap = Gap::failed("identity", format!("`identity` has nothing to be held against: {why}"), "remove it, and name the `key`");
    Err(Verified::gap(Gap { cited: Some(identity.span), ..gap }))
}

/// A detached binary signature: a packet of tag 2 in either format (RFC 9580, sections 4.2 and 5.2).
fn is_binary_openpgp(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| *first == 0xc2 || first & 0xfc == 0x88)
}

fn openpgp(ask: &Ask<'_>, file: &OpenFile, name: &(RepoPath, Option<Span>)) -> Result<Verified, Verified> {
    if ask.evidence.text("key").is_some() || ask.evidence.text("identity").is_some() {
        let message = format!("{} is an OpenPGP signature, which this version recognises and cannot verify", file.path);
        return Err(Verified::doubt(message, "sign with minisign or ssh-keygen -Y sign as well and cite that signature"));
    }
    let subject = signed(ask, file, name)?;
    let says = format!("{} is an OpenPGP signature beside {}: present, not verified", file.path, subject.path);
    Ok(Verified::Proof(Proof::new(Assurance::Asserted, one_line(&says, limits::MESSAGE_CHARS))))
}
