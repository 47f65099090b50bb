//! `model-manifest`: the digests of the model's files, held against the files that are tracked.

use std::collections::BTreeSet;

use super::keys::{self, NamedKey};
use super::{Ask, Gap, Proof, Verified, Verifier, blank, digests, provenance};
use crate::formats::dsse::Carrier;
use crate::formats::model_file;
use crate::formats::model_manifest::{self as format, Fault, Listed, ModelManifest};
use crate::input::reader::quoted;
use crate::input::shipped::is_muted;
use crate::input::snapshot::Refusal;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::repo_path::RepoPath;
use crate::text::{count, one_line};

/// See the module's documentation.
pub(super) struct ModelDigests;

const REMAKE: &str = "make the manifest anew from the files that are released";

impl Verifier for ModelDigests {
    fn kind(&self) -> &'static str {
        "model-manifest"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a list that `sha256sum` writes, with or without `--tag`, or a manifest of OpenSSF Model Signing over whole files by SHA-256, alone or in its bundle.",
            "Each file that it lists is tracked and has the digest that it lists; a Git LFS pointer stands for its file.",
            "It lists at least one model file, and every model file that is tracked in its folder or below, tests, examples and documentation aside; beside a listed model, whatever has the ending of one.",
            "No listed model is empty, and no Git LFS pointer has a digest of zeros.",
            "With `key`, its bundle is signed by that key of [product.keys].",
        ]
    }

    fn limits(&self) -> &'static str {
        "Models that are fetched when the product is built or run cannot be seen, nor whether who receives a model can find the manifest. The certificate of a Sigstore bundle is not verified."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"model-manifest\"\npath = \"models/SHA256SUMS\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = &ask.cited()?.path;
    let manifest = format::parse(ask.text()?).map_err(|fault| match fault {
        Fault::Bad(bad) => ask.malformed(&bad),
        Fault::Unread(why) => Verified::doubt(format!("{path}: {why}"), "make it over whole files with SHA-256"),
    })?;
    if manifest.listed.len() > limits::MANIFEST_FILES {
        let message = format!("{path} lists {} files, where at most {} are read", manifest.listed.len(), limits::MANIFEST_FILES);
        return Err(Verified::doubt(message, "write one manifest for each model"));
    }
    let signed = signature(ask, path, &manifest)?;
    if !manifest.listed.iter().any(|one| may_be_model(&one.name)) {
        let message = format!("{path} lists no file with the ending of a model");
        return Err(Verified::gap(Gap::failed("no-model", message, "list the model's files, or cite it as kind `file`")));
    }
    let base = base(ask, path, &manifest);
    let (mut gaps, mut doubt) = (Vec::new(), None);
    let mut seen = BTreeSet::new();
    for one in &manifest.listed {
        match held(ask, path, &base, one) {
            Ok(file) if seen.insert(file.clone()) => {}
            Ok(file) => gaps.push(ask.gap_at(one.at.clone(), "twice", format!("{path} lists {file} twice"), REMAKE)),
            Err(Verified::Doubt(why)) => doubt = doubt.or(Some(why)),
            Err(Verified::Gaps(more)) => gaps.extend(more),
            Err(Verified::Proof(_)) => {}
        }
    }
    gaps.extend(unlisted(ask, path, &base, &manifest));
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    if let Some(why) = doubt.filter(|_| gaps.is_empty()) {
        return Err(Verified::Doubt(why));
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let listed = count(i64::try_from(seen.len()).unwrap_or(i64::MAX), "file");
        let says = format!("{path} ({}) lists {listed} of the model by the digests that the tracked files have; {signed}", manifest.form);
        Proof::new(Assurance::Verified, one_line(&says, limits::MESSAGE_CHARS))
    }))
}

/// What is to be said of the signature.
fn signature(ask: &Ask<'_>, path: &RepoPath, manifest: &ModelManifest) -> Result<String, Verified> {
    let key = keys::named(ask)?;
    if ask.evidence.text("identity").is_some() {
        let message = format!("{path}: this version cannot hold the certificate of a bundle against an `identity`");
        let remedy = "verify it in the release job (model_signing verify) and cite that as kind workflow; leave `identity` out here";
        return Err(Verified::doubt(message, remedy));
    }
    match (&manifest.carrier, key) {
        (Carrier::Bare, None) => Ok("it is not signed".into()),
        (_, None) => Ok("its signature was not verified, since the entry names no `key`".into()),
        (Carrier::Bare, Some(NamedKey { name, span, .. })) => {
            let message = format!("{path} carries no signature, so the key {} does not vouch for it", quoted(&name));
            let gap = Gap::failed("unsigned", message, "cite the signed bundle, or cite a detached signature as kind `signature`");
            Err(Verified::gap(Gap { cited: Some(span), ..gap }))
        }
        (Carrier::Signed(signed) | Carrier::Bundle(signed), Some(key)) => {
            provenance::verified(ask, path.as_str(), signed, &key).map(|(_, by)| by)
        }
    }
}

/// The folder that the names in it start from: its own, the model's below that, or the declaration's; the first in which one of
/// the files is.
fn base(ask: &Ask<'_>, path: &RepoPath, manifest: &ModelManifest) -> RepoPath {
    let own = path.parent().unwrap_or_default();
    let model = manifest.model.as_deref().and_then(|name| name.parse::<RepoPath>().ok());
    let folders = [Some(own.clone()), model.as_ref().map(|name| own.join(name)), Some(ask.view.folder().clone())];
    let has_one =
        |folder: &RepoPath| manifest.listed.iter().any(|one| place(folder, &one.name).is_some_and(|file| ask.view.find(&file).is_some()));
    folders.into_iter().flatten().find(has_one).unwrap_or(own)
}

fn place(base: &RepoPath, name: &str) -> Option<RepoPath> {
    name.trim_start_matches("./").parse::<RepoPath>().ok().map(|name| base.join(&name))
}

/// The tracked file that a line lists by its digest.
fn held(ask: &Ask<'_>, path: &RepoPath, base: &RepoPath, one: &Listed) -> Result<RepoPath, Verified> {
    let gap = |fault, message: String, remedy| Verified::gap(ask.gap_at(one.at.clone(), fault, message, remedy));
    let name = quoted(&one.name);
    let Some(file) = place(base, &one.name) else {
        return Err(gap(
            "outside",
            format!("{path} lists {name}, which is no path in its folder or below"),
            "list files by their path from the manifest's folder",
        ));
    };
    match digests::computed(ask, &file) {
        Ok(digest) if digest == one.digest && digest == blank::SHA256 && may_be_model(&one.name) => {
            Err(gap("empty-model", format!("{path} lists {file}, which is empty and so no model"), REMAKE))
        }
        Ok(digest) if digest == one.digest && digest.bytes().all(|digit| digit == b'0') => {
            let message = format!("{path} lists {file}, a Git LFS pointer whose digest is all zeros and so that of no file");
            Err(gap("no-digest", message, REMAKE))
        }
        Ok(digest) if digest == one.digest => Ok(file),
        Ok(digest) => {
            let message = format!("{path} lists {file} with another digest: the tracked file's SHA-256 is {digest}");
            Err(gap("digest", message, REMAKE))
        }
        Err(refusal) if refusal.is_doubt() => {
            let remedy = "keep large models in Git LFS, whose pointers hold the digest";
            Err(Verified::doubt(format!("{path} lists {file}, whose digest could not be computed: {refusal}"), remedy))
        }
        Err(refusal) => {
            let fault = if refusal == Refusal::Absent { "absent" } else { "not-a-file" };
            Err(gap(fault, format!("{path} lists {file}: {refusal}"), "track the file, or a Git LFS pointer to it, or take the line out"))
        }
    }
}

/// The tracked model files below the folder that it does not list.
fn unlisted(ask: &Ask<'_>, path: &RepoPath, base: &RepoPath, manifest: &ModelManifest) -> Vec<Gap> {
    let listed: BTreeSet<RepoPath> = manifest.listed.iter().filter_map(|one| place(base, &one.name)).collect();
    let below = ask.product_files().filter(|found| found.regular && found.path.is_under(base) && !is_muted(&found.path, base));
    let models = listed.iter().filter(|file| may_be_model(file.file_name()));
    let folders: BTreeSet<RepoPath> = models.filter_map(RepoPath::parent).collect();
    let own = |file: &RepoPath| folders.contains(&file.parent().unwrap_or_default());
    let is_model = |file: &RepoPath| own(file) && may_be_model(file.file_name()) || digests::is_model(ask, file);
    let left_out = below.filter(|found| !listed.contains(&found.path) && is_model(&found.path));
    left_out
        .map(|found| {
            ask.gap_at(
                0..0,
                "unlisted",
                format!("{path} does not list {}, which is a model's file in its folder or below", found.path),
                REMAKE,
            )
        })
        .collect()
}

/// Whether a file's name may be that of a model.
fn may_be_model(name: &str) -> bool {
    model_file::named(name) != model_file::Name::Other
}
