//! Whose signature counts. A key comes from the declaration (`[product.keys]`) or from outside (`--allowed-signers`): one that
//! the attestation writes itself, or that lies in the tree, proves nothing, since whoever forges the one can write the other.

use ssh_key::HashAlg;

use super::{Ask, Gap, Verified};
use crate::clock::Today;
use crate::formats::public_key::{self, PublicKey};
use crate::input::allowed_signers::Signer;
use crate::input::pattern_list;
use crate::input::reader::{nearest, quoted};
use crate::input::sshsig::Envelope;
use crate::repo_path::RepoPath;
use crate::source::Span;

/// What to do where nothing says whose signature counts.
pub(super) const NAME_A_KEY: &str = "write the public key under [product.keys] in the declaration and name it with `key`";

/// A key of the declaration that the evidence names.
pub(super) struct NamedKey {
    pub(super) name: String,
    pub(super) key: PublicKey,
    /// Where the evidence names it.
    pub(super) span: Span,
}

/// The key that the evidence names, if it names one.
pub(super) fn named(ask: &Ask<'_>) -> Result<Option<NamedKey>, Verified> {
    let Some(named) = ask.evidence.text("key") else { return Ok(None) };
    let keys = &ask.product.product.keys;
    if let Some(text) = keys.get(&named.value) {
        let key = public_key::read(&text.value).map_err(|why| {
            let message = format!("the public key {} cannot be used: {why}", quoted(&named.value));
            Verified::gap(Gap::failed("key", message, NAME_A_KEY).at(text.span))
        })?;
        return Ok(Some(NamedKey { name: named.value.clone(), key, span: named.span }));
    }
    if public_key::is_like(&named.value) {
        return Err(Verified::doubt("`key` holds the key itself, so whoever forges the signature can write the key beside it", NAME_A_KEY));
    }
    let in_tree =
        named.value.parse::<RepoPath>().ok().map(|path| ask.view.folder().join(&path)).filter(|path| ask.view.find(path).is_some());
    if let Some(path) = in_tree {
        return Err(Verified::doubt(
            format!("`key` names {path}, a file of the tree that is judged, which must not say whose signature counts"),
            NAME_A_KEY,
        ));
    }
    let message = format!("`key` names {}, and [product.keys] has no key of that name", quoted(&named.value));
    let remedy = match nearest(&named.value, keys.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => NAME_A_KEY.to_owned(),
    };
    Err(Verified::gap(Gap { cited: Some(named.span), ..Gap::failed("key", message, remedy) }))
}

/// Who may sign by SSH.
pub(super) struct SshTrust<'a> {
    key: Option<(String, ssh_key::PublicKey)>,
    signers: Option<&'a [Signer]>,
    identity: Option<&'a str>,
}

/// Why an SSH signature does not count.
pub(super) enum Refused {
    /// It is broken, by another key, or over something else.
    Wrong(String),
    /// Nothing says whose signature counts; the fingerprint of the key that made it.
    Unknown(String),
}

impl<'a> SshTrust<'a> {
    /// What the evidence and the command line say: a key of the declaration, an identity among the allowed signers, or any
    /// of these signers.
    pub(super) fn of(ask: &Ask<'a>) -> Result<Self, Verified> {
        let key = match named(ask)? {
            Some(NamedKey { name, key: PublicKey::Ssh(key), .. }) => Some((name, *key)),
            Some(other) => {
                let message = format!("the key {} is {}, and an SSH signature needs an OpenSSH key", quoted(&other.name), other.key.kind());
                return Err(Verified::gap(Gap { cited: Some(other.span), ..Gap::failed("key", message, "name the key that signs") }));
            }
            None => None,
        };
        let identity = ask.evidence.text("identity").map(|text| text.value.as_str());
        if identity.is_some() && ask.signers.is_none() {
            return Err(Verified::doubt(
                "`identity` can only be held against allowed signers, and none are given",
                "give them from outside the repository with --allowed-signers FILE, or name a `key` of [product.keys] instead",
            ));
        }
        Ok(Self { key, signers: ask.signers, identity })
    }

    /// Whether the evidence names who must have signed.
    pub(super) fn is_asked(&self) -> bool {
        self.key.is_some() || self.identity.is_some()
    }

    /// Verifies an SSH signature in one of the namespaces, by a key that counts on that day; who signed.
    pub(super) fn verify(&self, armour: &[u8], message: &[u8], namespaces: &[&str], day: Today) -> Result<String, Refused> {
        let envelope = Envelope::read(armour).map_err(Refused::Wrong)?;
        if !namespaces.contains(&envelope.namespace.as_str()) {
            let wanted = namespaces.join(" or ");
            return Err(Refused::Wrong(format!("it was made in the namespace {}, not {wanted}", quoted(&envelope.namespace))));
        }
        let who = self.counts(&envelope, day);
        if let Err(Refused::Wrong(_)) = who {
            return who;
        }
        let signature = envelope.signature().map_err(Refused::Wrong)?;
        if envelope.key.verify(&envelope.namespace, message, &signature).is_err() {
            return Err(Refused::Wrong("it is not over these bytes: they or the signature were changed after signing".into()));
        }
        who
    }

    /// Whose key it is, if its signature counts.
    fn counts(&self, envelope: &Envelope, day: Today) -> Result<String, Refused> {
        let fingerprint = envelope.key.fingerprint(HashAlg::Sha256);
        let mut who = None;
        if let Some((name, key)) = &self.key {
            if key.key_data() != envelope.key.key_data() {
                let own = key.fingerprint(HashAlg::Sha256);
                return Err(Refused::Wrong(format!("it was made by the key {fingerprint}, not by {} ({own})", quoted(name))));
            }
            who = Some(format!("the key {} ({fingerprint})", quoted(name)));
        }
        if let Some(signers) = self.signers.filter(|_| who.is_none() || self.identity.is_some()) {
            who = Some(self.signer(signers, envelope, day)?);
        }
        who.ok_or_else(|| Refused::Unknown(fingerprint.to_string()))
    }

    fn signer(&self, signers: &[Signer], envelope: &Envelope, day: Today) -> Result<String, Refused> {
        let mut why = format!("its key {} is not among the allowed signers", envelope.key.fingerprint(HashAlg::Sha256));
        for signer in signers.iter().filter(|signer| signer.key.key_data() == envelope.key.key_data()) {
            if let Some(identity) = self.identity.filter(|identity| !pattern_list::matches(identity, &signer.principals)) {
                why = format!("its key is that of {}, not of {}", signer.name(), quoted(identity));
                continue;
            }
            match signer.permits(&envelope.namespace, day) {
                Ok(()) => return Ok(signer.name()),
                Err(refused) => why = refused,
            }
        }
        Err(Refused::Wrong(why))
    }
}
